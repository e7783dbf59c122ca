import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { authenticate } from "#lib/access/authenticate.ts";
import { allDone } from "#lib/command/afterwards.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { openSecret, readKeyring, totpSecretBinding } from "#lib/secrets/sealed-secret.ts";
import { createUser, signIn } from "#lib/sign-in/commands.ts";
import { appCode } from "#tests/harness/authenticator-app.ts";
import { type Browser, browser } from "#tests/harness/browser.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { mailServer } from "#tests/harness/mail-server.ts";
import { resetSecondFactors } from "./commands.ts";
import { hasSecondFactor } from "./queries.ts";

const PASSWORD = "a long password that nobody else has";

let plane: ControlPlane;
let mail: Awaited<ReturnType<typeof mailServer>>;
before(async () => {
  plane = await controlPlane();
  mail = await mailServer();
  process.env.SMTP_URL = mail.url;
});
after(async () => {
  delete process.env.SMTP_URL;
  await allDone();
  mail.server.close();
  await plane.close();
});

const sql = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
  withClient(plane.database.superuserUrl, async (client) => (await client.query<T>(text, values)).rows);

type Somebody = { userId: string; email: string; at: Browser };

/** A new person, signed in with their password in a browser of their own. */
async function somebody(): Promise<Somebody> {
  const email = `${uuidv7()}@people.example`;
  const userId = await createUser({ email, name: "Somebody", password: PASSWORD });
  return { userId, email, at: await passwordGiven(email) };
}

/** A browser in which the password was given, and nothing else yet. */
async function passwordGiven(email: string): Promise<Browser> {
  const at = browser();
  const { sessionId } = await signIn({ email, password: PASSWORD }, { ip: "192.0.2.1", userAgent: "test" });
  await at.carry(sessionId);
  return at;
}

const whoIs = (at: Browser) => authenticate(at.headers(), uuidv7());

/** Forgets which codes were taken, as if minutes had passed. */
const letTimePass = (userId: string) =>
  sql("UPDATE totp_factors SET last_step = 0 WHERE user_id = $1", [userId]);

/** The same with an authenticator app that counts. */
async function withApp(): Promise<Somebody & { secret: string; recoveryCodes: string[] }> {
  const person = await somebody();
  const begun = await person.at.send("POST", "/me/second-factors/totp");
  assert.equal(begun.status, 201);
  const { secret } = begun.data as { secret: string };
  const done = await person.at.send("POST", "/me/second-factors/totp/confirm", { code: appCode(secret) });
  assert.equal(done.status, 200);
  await letTimePass(person.userId);
  return { ...person, secret, ...(done.data as { recoveryCodes: string[] }) };
}

const give = (at: Browser, body: unknown) => at.send("POST", "/sign-in/second-factor", body);

/** What the person's security activity tells of their factors, in order. */
const audited = (userId: string) =>
  sql<{ action: string }>(
    "SELECT action FROM personal_audit_entries WHERE user_id = $1 AND target_type = 'second_factor' ORDER BY at, id",
    [userId],
  ).then((rows) => rows.map(({ action }) => action));

test("an app counts once a code of it was given, and its secret is kept sealed, for its person alone", async () => {
  const { userId, at, email } = await somebody();
  const begun = await at.send("POST", "/me/second-factors/totp");
  const { secret, uri } = begun.data as { secret: string; uri: string };
  assert.match(uri, new RegExp(`^otpauth://totp/.*${secret}`));
  assert.equal(await hasSecondFactor(userId), false);
  const wrong = await at.send("POST", "/me/second-factors/totp/confirm", { code: appCode(secret, 20) });
  assert.deepEqual([wrong.status, wrong.error.details[0]?.path], [422, "code"]);
  assert.equal(await hasSecondFactor(userId), false);
  assert.equal((await whoIs(await passwordGiven(email)))?.userId, userId, "the password alone still does");

  const code = appCode(secret);
  const done = await at.send("POST", "/me/second-factors/totp/confirm", {
    code: `${code.slice(0, 3)} ${code.slice(3)}`,
  });
  assert.equal((done.data as { recoveryCodes: string[] }).recoveryCodes.length, 10);
  assert.equal(await hasSecondFactor(userId), true);
  const actor = await whoIs(at);
  assert.equal(
    actor?.proof.type === "session" && actor.proof.secondFactor,
    "totp",
    "this session has given it",
  );

  const [row] = await sql<{ secret: Buffer; secret_key_id: string }>(
    "SELECT secret, secret_key_id FROM totp_factors WHERE user_id = $1",
    [userId],
  );
  assert.ok(row);
  const keyring = readKeyring(process.env.GATEHOUSE_ENCRYPTION_KEY);
  const sealed = { keyId: row.secret_key_id, sealed: row.secret };
  assert.equal(openSecret(keyring, sealed, totpSecretBinding(userId)).length, 20);
  assert.throws(() => openSecret(keyring, sealed, totpSecretBinding(uuidv7())));
  await allDone();
  assert.ok(mail.mails.some((text) => text.includes(email) && text.includes("authenticator app was added")));
});

test("after the password a session is good for the second factor and for nothing else", async () => {
  const { email, secret, userId } = await withApp();
  const at = await passwordGiven(email);
  const waiting = new Map(at.cookies);
  assert.equal(await whoIs(at), null);
  assert.equal((await at.send("GET", "/me")).status, 401);
  assert.equal((await at.send("POST", "/me/second-factors/totp")).status, 401);
  assert.equal((await at.send("DELETE", "/me/second-factors/totp")).status, 401);

  assert.equal((await give(at, { code: appCode(secret) })).status, 204);
  const actor = await whoIs(at);
  assert.equal(actor?.userId, userId);
  assert.ok(actor?.proof.type === "session" && actor.proof.secondFactor === "totp");
  assert.ok(Date.now() - actor.proof.confirmedAt.getTime() < 60_000);

  assert.notDeepEqual(at.cookies, waiting, "the session has a new id");
  const thief = browser();
  for (const [name, value] of waiting) thief.cookies.set(name, value);
  assert.equal(await whoIs(thief), null, "the waiting session's cookie is worth nothing");
  await letTimePass(userId);
  assert.equal((await give(thief, { code: appCode(secret) })).status, 401);
});

test("a code works once, also when it is given twice at the same moment", async () => {
  const { email, secret } = await withApp();
  const browsers: Browser[] = [];
  for (let i = 0; i < 4; i++) browsers.push(await passwordGiven(email));
  const code = appCode(secret);
  const answers = await Promise.all(browsers.map((at) => give(at, { code })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 422, 422, 422]);
  const late = await give(await passwordGiven(email), { code });
  assert.match(late.error.details[0]?.message ?? "", /used already/);
});

test("one waiting session becomes one session, however often the factor is given at once", async () => {
  const { email, secret, userId, recoveryCodes } = await withApp();
  const at = await passwordGiven(email);
  const copies = Array.from({ length: 3 }, () => {
    const copy = browser();
    for (const [name, value] of at.cookies) copy.cookies.set(name, value);
    return copy;
  });
  const given = [
    { code: appCode(secret) },
    { recoveryCode: recoveryCodes[0] },
    { recoveryCode: recoveryCodes[1] },
  ];
  const answers = await Promise.all(copies.map((copy, i) => give(copy, given[i])));
  assert.equal(answers.filter(({ status }) => status === 204).length, 1);
  const [row] = await sql<{ open: number }>(
    "SELECT count(*)::int AS open FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND second_factor IS NOT NULL",
    [userId],
  );
  assert.equal(row?.open, 2, "the one in which the app was set up, and this one");
});

test("wrong codes are slowed down for the account whatever browser they come from, and the person is told", async () => {
  const { email, secret, userId } = await withApp();
  await allDone();
  mail.mails.length = 0;
  const at = await passwordGiven(email);
  const wrong = () => String((Number(appCode(secret, -50)) + 1) % 1_000_000).padStart(6, "0");
  const answers = await Promise.all(Array.from({ length: 12 }, () => give(at, { code: wrong() })));
  const statuses = answers.map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 422).length, 5);
  assert.equal(statuses.filter((status) => status === 429).length, 7);
  const right = await give(await passwordGiven(email), { code: appCode(secret) });
  assert.equal(right.status, 429, "also the right one has to wait");
  await allDone();
  assert.equal(mail.mails.filter((text) => text.includes("wrong codes")).length, 1);
  assert.equal((await audited(userId)).filter((action) => action === "second_factor.refuse").length, 5);
});

test("slowed down with codes, the owner still comes in with a recovery code", async () => {
  const { email, secret, userId, recoveryCodes } = await withApp();
  const at = await passwordGiven(email);
  for (let i = 0; i < 6; i++) await give(at, { code: appCode(secret, -50 - i) });
  assert.equal((await give(at, { code: appCode(secret) })).status, 429);
  assert.equal((await give(at, { recoveryCode: recoveryCodes[3]?.toUpperCase() })).status, 204);
  assert.equal((await whoIs(at))?.userId, userId);
});

test("the block ends by itself, within a quarter of an hour, and a right code clears it", async () => {
  const { email, secret, userId } = await withApp();
  const at = await passwordGiven(email);
  for (let i = 0; i < 6; i++) await give(at, { code: appCode(secret, -50 - i) });
  const [row] = await sql<{ seconds: number }>(
    "SELECT extract(epoch FROM max(blocked_until) - now())::float8 AS seconds FROM sign_in_throttles WHERE subject LIKE 'code:%'",
  );
  assert.ok((row?.seconds ?? 9_999) <= 900);
  await sql(
    "UPDATE sign_in_throttles SET blocked_until = now() - interval '1 second' WHERE subject LIKE 'code:%'",
  );
  await letTimePass(userId);
  assert.equal((await give(at, { code: appCode(secret) })).status, 204);
  const again = await passwordGiven(email);
  await letTimePass(userId);
  assert.equal((await give(again, { code: appCode(secret, -50) })).status, 422, "counting began anew");
});

test("a recovery code works once, for its person, and the set shrinks until it is made anew", async () => {
  const mine = await withApp();
  const theirs = await withApp();
  const status = async () =>
    ((await mine.at.send("GET", "/me/second-factors")).data as { recoveryCodes: { left: number } })
      .recoveryCodes.left;
  const [code, other] = mine.recoveryCodes as [string, string];
  assert.equal((await give(await passwordGiven(theirs.email), { recoveryCode: code })).status, 422);
  const twice = await Promise.all([
    give(await passwordGiven(mine.email), { recoveryCode: code }),
    give(await passwordGiven(mine.email), { recoveryCode: code }),
  ]);
  assert.deepEqual(twice.map((answer) => answer.status).sort(), [204, 422]);
  assert.equal(await status(), 9);
  const renewed = await mine.at.send("POST", "/me/second-factors/recovery-codes");
  assert.equal(renewed.status, 201);
  assert.equal(await status(), 10);
  assert.equal((await give(await passwordGiven(mine.email), { recoveryCode: other })).status, 422);
  const [stored] = await sql<{ all: string }>("SELECT string_agg(t::text, ' ') AS all FROM recovery_codes t");
  assert.ok(!stored?.all.includes(code.replaceAll("-", "")));
});

test("a sign-in that waits longer than ten minutes for its factor has ended", async () => {
  const { email, secret, userId } = await withApp();
  const at = await passwordGiven(email);
  const [due] = await sql<{ seconds: number }>(
    "SELECT extract(epoch FROM expires_at - created_at)::float8 AS seconds FROM sessions WHERE user_id = $1 AND second_factor_due",
    [userId],
  );
  assert.ok(Math.abs((due?.seconds ?? 0) - 600) < 2, String(due?.seconds));
  await sql(
    "UPDATE sessions SET created_at = created_at - interval '601 s', expires_at = expires_at - interval '601 s' WHERE user_id = $1 AND second_factor_due",
    [userId],
  );
  assert.equal((await give(at, { code: appCode(secret) })).status, 401);
});

test("the second step takes nothing malformed, nothing huge and nothing from another site, and changes nothing by it", async () => {
  const { email, userId } = await withApp();
  const at = await passwordGiven(email);
  const before = await sql("SELECT * FROM recovery_codes WHERE user_id = $1 ORDER BY code_hash", [userId]);
  const hostile: [body: unknown, status: number][] = [
    [{}, 422],
    [[], 422],
    ["{", 400],
    [{ code: "12345" }, 422],
    [{ code: 123456 }, 422],
    [{ code: "123456", recoveryCode: "0000-0000-0000-0000" }, 422],
    [{ code: "123456", extra: 1 }, 422],
    [{ recoveryCode: "' OR 1=1 --" }, 422],
    [{ recoveryCode: "\u0000".repeat(16) }, 422],
    [{ passkey: {} }, 422],
    [{ code: "1".repeat(1_048_576) }, 413],
  ];
  for (const [body, status] of hostile) {
    assert.equal((await give(at, body)).status, status, JSON.stringify(body).slice(0, 60));
  }
  assert.deepEqual(
    await sql("SELECT * FROM recovery_codes WHERE user_id = $1 ORDER BY code_hash", [userId]),
    before,
  );
  assert.deepEqual(
    (await audited(userId)).filter((action) => action.includes("refuse")),
    [],
  );
  for (const origin of ["https://evil.example", "null"]) {
    const answer = await at.send("POST", "/sign-in/second-factor", { code: "000000" }, { origin });
    assert.equal(answer.status, 403, origin);
  }
  assert.equal((await give(browser(), { code: "000000" })).status, 401, "nobody gave a password");
  const signedIn = await somebody();
  assert.equal((await give(signedIn.at, { code: "000000" })).status, 401, "nothing is due");
});

test("another app takes the place of the first only once a code of it was given", async () => {
  const person = await withApp();
  const begun = await person.at.send("POST", "/me/second-factors/totp");
  const { secret: next } = begun.data as { secret: string };
  const still = await passwordGiven(person.email);
  assert.equal((await give(still, { code: appCode(person.secret) })).status, 204);
  await letTimePass(person.userId);
  assert.equal((await give(await passwordGiven(person.email), { code: appCode(next) })).status, 422);
  const done = await person.at.send("POST", "/me/second-factors/totp/confirm", { code: appCode(next) });
  assert.equal((done.data as { recoveryCodes: null }).recoveryCodes, null, "the recovery codes go on");
  await letTimePass(person.userId);
  assert.equal((await give(await passwordGiven(person.email), { code: appCode(person.secret) })).status, 422);
  assert.equal((await give(await passwordGiven(person.email), { code: appCode(next) })).status, 204);
});

test("factors are changed in person and after confirming it, and every change is written down and told", async () => {
  const person = await withApp();
  await allDone();
  mail.mails.length = 0;
  await sql("UPDATE sessions SET confirmed_at = now() - interval '16 minutes' WHERE user_id = $1", [
    person.userId,
  ]);
  for (const [method, path] of [
    ["POST", "/me/second-factors/totp"],
    ["DELETE", "/me/second-factors/totp"],
    ["POST", "/me/second-factors/recovery-codes"],
    ["POST", "/me/passkeys/challenge"],
  ] as const) {
    const refused = await person.at.send(method, path);
    assert.deepEqual([refused.status, refused.error.code], [403, "confirmation_required"], path);
  }
  assert.equal((await person.at.send("POST", "/me/confirm", { code: appCode(person.secret) })).status, 204);
  assert.equal((await person.at.send("DELETE", "/me/second-factors/totp")).status, 204);
  assert.equal(await hasSecondFactor(person.userId), false);
  assert.equal((await whoIs(await passwordGiven(person.email)))?.userId, person.userId);
  const { data } = await person.at.send("GET", "/me/second-factors");
  assert.deepEqual(
    [(data as { totp: null }).totp, (data as { recoveryCodes: null }).recoveryCodes],
    [null, null],
  );
  assert.deepEqual(await audited(person.userId), ["totp.turn_on", "totp.turn_off"]);
  await allDone();
  assert.ok(mail.mails.some((text) => text.includes("turned off")));
  assert.equal((await person.at.send("DELETE", "/me/second-factors/totp")).status, 404);
});

test("the last factor stays while a tenant of the person's asks for one, and the refusal names it", async () => {
  const person = await withApp();
  const { actor } = await plane.tenant("asks-for-two");
  await sql("INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'viewer')", [
    actor.tenant.id,
    person.userId,
  ]);
  await sql("UPDATE tenants SET require_two_factor = true, name = 'Careful Inc.' WHERE id = $1", [
    actor.tenant.id,
  ]);
  const refused = await person.at.send("DELETE", "/me/second-factors/totp");
  assert.equal(refused.status, 409);
  assert.match(refused.error.message, /Careful Inc\. asks everybody for a second factor/);
  assert.equal(await hasSecondFactor(person.userId), true);
  assert.deepEqual(await audited(person.userId), ["totp.turn_on"]);
  await sql("UPDATE tenants SET require_two_factor = false WHERE id = $1", [actor.tenant.id]);
  assert.equal((await person.at.send("DELETE", "/me/second-factors/totp")).status, 204);
});

test("whoever runs the installation takes a locked-out person's factors away, and all of their sessions end", async () => {
  const person = await withApp();
  await allDone();
  mail.mails.length = 0;
  assert.equal(await resetSecondFactors("nobody@people.example", "operator"), null);
  assert.deepEqual(await resetSecondFactors(person.email, "operator at the command line"), {
    apps: 1,
    passkeys: 0,
  });
  assert.equal(await whoIs(person.at), null);
  assert.equal((await whoIs(await passwordGiven(person.email)))?.userId, person.userId);
  assert.deepEqual(await audited(person.userId), ["totp.turn_on", "second_factor.reset"]);
  await allDone();
  assert.ok(mail.mails.some((text) => text.includes("were taken away")));
});

test("without an encryption key no app can be set up, and those that were are said to be out of reach, not wrong", async () => {
  const person = await withApp();
  const key = process.env.GATEHOUSE_ENCRYPTION_KEY;
  delete process.env.GATEHOUSE_ENCRYPTION_KEY;
  try {
    const { data } = await person.at.send("GET", "/me/second-factors");
    assert.match((data as { whyNoTotp: string }).whyNoTotp, /GATEHOUSE_ENCRYPTION_KEY/);
    assert.equal((await person.at.send("POST", "/me/second-factors/totp")).status, 503);
    const at = await passwordGiven(person.email);
    for (let i = 0; i < 6; i++) assert.equal((await give(at, { code: appCode(person.secret) })).status, 503);
  } finally {
    process.env.GATEHOUSE_ENCRYPTION_KEY = key;
  }
  assert.equal((await give(await passwordGiven(person.email), { code: appCode(person.secret) })).status, 204);
});

test("the console sees and writes the factors of the person it has set, and of nobody else", async () => {
  const mine = await withApp();
  const theirs = await withApp();
  await withClient(plane.database.consoleUrl, async (client) => {
    const seen = async (user: string) => {
      await client.query("BEGIN");
      await client.query("SELECT set_config('app.user', $1, true)", [user]);
      const counts: number[] = [];
      for (const table of ["totp_factors", "recovery_codes", "passkeys"]) {
        const { rows } = await client.query(`SELECT DISTINCT user_id FROM ${table}`);
        assert.ok(
          rows.every(({ user_id }) => user_id === user),
          table,
        );
        counts.push(rows.length);
        const { rowCount } = await client.query(`DELETE FROM ${table} WHERE user_id = $1`, [theirs.userId]);
        if (user !== theirs.userId) assert.equal(rowCount, 0);
      }
      await client.query("ROLLBACK");
      return counts;
    };
    assert.deepEqual(await seen(mine.userId), [1, 1, 0]);
    assert.deepEqual(await seen(""), [0, 0, 0]);
    await client.query("BEGIN");
    await client.query("SELECT set_config('app.user', $1, true)", [mine.userId]);
    await assert.rejects(
      client.query("UPDATE totp_factors SET user_id = $1, confirmed = false", [theirs.userId]),
      /row-level security/,
    );
    await client.query("ROLLBACK");
  });
});
