import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { allDone } from "#lib/command/afterwards.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import { signIn } from "#lib/sign-in/commands.ts";
import {
  NEXT_PASSWORD,
  newPerson,
  PASSWORD,
  postOffice,
  secretIn,
  signInBrowser,
} from "#tests/harness/account.ts";
import { browser } from "#tests/harness/browser.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { resetLinkFor } from "./commands.ts";

let plane: ControlPlane;
let post: Awaited<ReturnType<typeof postOffice>>;
before(async () => {
  plane = await controlPlane();
  post = await postOffice();
});
after(async () => {
  await post?.close();
  await plane.close();
});

let places = 0;
const stranger = () => browser(`203.0.113.${++places}`);
const ask = (email: string, from = stranger()) => from.send("POST", "/password-resets", { email });
const open = (secret: string, more = {}) =>
  stranger().send("POST", "/password-resets/open", { secret, ...more });
const use = (secret: string, password = NEXT_PASSWORD) =>
  stranger().send("POST", "/password-resets/use", { secret, password });

async function linkFor(email: string): Promise<string> {
  assert.equal((await ask(email)).status, 204);
  const [mail] = await post.take(email);
  return secretIn(mail);
}

test("a person comes back with a mailed link: new password, every session ended, told by mail, the activity knows", async () => {
  const person = await newPerson();
  const secret = await linkFor(person.email);
  const opened = await open(secret);
  assert.equal((opened.data as { email: string }).email, person.email);
  assert.equal((await use(secret)).status, 204);
  assert.equal((await person.browser.send("GET", "/me")).status, 401);
  const back = await signInBrowser(person.email, "192.0.2.77", NEXT_PASSWORD);
  await assert.rejects(signInBrowser(person.email, "192.0.2.78", PASSWORD));
  const [told] = await post.take(person.email);
  assert.match(told ?? "", /Subject: Gatehouse: your password was changed/);
  const activity = await back.browser.send("GET", "/me/activity");
  const actions = (activity.data as { action: string }[]).map(({ action }) => action);
  for (const action of ["password.ask_reset", "password.reset"]) assert.ok(actions.includes(action), action);
});

test("the link is in the mail behind the # and nowhere else: not in the database, not in the activity", async () => {
  const { email } = await newPerson();
  const secret = await linkFor(email);
  const everything = await withClient(plane.database.superuserUrl, async (client) => {
    const { rows } = await client.query(
      `SELECT query_to_xml('SELECT * FROM personal_links', true, false, '')::text
        || query_to_xml('SELECT * FROM personal_audit_entries', true, false, '')::text AS text`,
    );
    return rows[0].text as string;
  });
  assert.ok(everything.includes(email));
  assert.ok(!everything.includes(secret));
  assert.ok(!everything.includes(secret.slice(4, 40)));
});

test("opening a link changes nothing, however often it is done", async () => {
  const { email, browser: own } = await newPerson();
  const secret = await linkFor(email);
  for (let i = 0; i < 3; i++) assert.equal((await open(secret)).status, 200);
  assert.equal((await own.send("GET", "/me")).status, 200);
  assert.equal((await use(secret)).status, 204);
});

test("used, replaced, expired, never made, of another purpose, of a changed address or a disabled account: one answer", async () => {
  const used = await linkFor((await newPerson()).email);
  await use(used);
  const twice = await newPerson();
  const replaced = await linkFor(twice.email);
  const newer = await linkFor(twice.email);
  const late = await newPerson();
  const expired = await linkFor(late.email);
  await withUser(late.userId, (tx) =>
    tx.personalLink.updateMany({ where: { userId: late.userId }, data: { expiresAt: new Date() } }),
  );
  const moved = await newPerson();
  const moves = await linkFor(moved.email);
  await database().user.update({ where: { id: moved.userId }, data: { email: `moved-${moved.email}` } });
  const gone = await newPerson();
  const disabled = await linkFor(gone.email);
  await database().user.update({ where: { id: gone.userId }, data: { disabledAt: new Date() } });
  const other = await newPerson();
  const password = PASSWORD;
  await other.browser.send("POST", "/me/email", { email: `new-${other.email}`, password });
  const forMail = secretIn((await post.take(`new-${other.email}`))[0]);
  const never = (await resetLinkFor(other.email))?.address.split("#")[1] as string;
  await withUser(other.userId, (tx) => tx.personalLink.deleteMany({ where: { purpose: "password" } }));

  const answers = new Set<string>();
  for (const secret of [used, replaced, expired, moves, disabled, forMail, never]) {
    for (const answer of [await open(secret), await use(secret), await open(secret, { password })]) {
      answers.add(`${answer.status} ${answer.error.code} ${answer.error.message}`);
    }
  }
  assert.equal(answers.size, 1, [...answers].join("\n"));
  assert.match([...answers][0] as string, /^404 not_found/);
  assert.equal((await use(newer)).status, 204, "and the newest one still works");
});

test("of many who use one link at the same moment exactly one sets the password", async () => {
  const { email } = await newPerson();
  const secret = await linkFor(email);
  const passwords = Array.from({ length: 6 }, (_, i) => `${NEXT_PASSWORD} ${i}`);
  const answers = await Promise.all(passwords.map((password) => use(secret, password)));
  const won = answers.flatMap(({ status }, i) => (status === 204 ? [i] : []));
  assert.equal(won.length, 1);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [204, 404]);
  await signInBrowser(email, "192.0.2.90", passwords[won[0] as number]);
});

test("a password that is refused does not use the link up, and says why, also before it is sent", async () => {
  const { email } = await newPerson();
  const secret = await linkFor(email);
  for (const password of ["short", "password1234", "ada lovelace 1"]) {
    const refused = await use(secret, password);
    assert.equal(refused.status, 422, password);
    assert.equal(refused.error.details[0]?.path, "password");
    const judged = await open(secret, { password });
    assert.equal((judged.data as { reason: string }).reason, refused.error.details[0]?.message);
  }
  assert.equal((await use(secret)).status, 204);
});

test("a sign-in with the old password that is under way when it is replaced opens no session", async () => {
  const person = await newPerson();
  const secret = await linkFor(person.email);
  const ways = await Promise.allSettled([
    use(secret),
    ...Array.from({ length: 5 }, (_, i) =>
      signIn({ email: person.email, password: PASSWORD }, { ip: `192.0.2.${100 + i}`, userAgent: "" }),
    ),
  ]);
  assert.equal(ways[0]?.status, "fulfilled");
  const open = await database().session.count({ where: { userId: person.userId, revokedAt: null } });
  assert.equal(open, 0);
});

test("an account whose address was never proven is cleared of every other way in, because a stranger may have made it", async () => {
  const person = await newPerson();
  const { userId } = person;
  const minted = await person.browser.send("POST", "/me/tokens", { name: "left behind", expiresInDays: 30 });
  assert.equal(minted.status, 201);
  await withUser(userId, (tx) =>
    tx.passkey.createMany({
      data: [
        {
          id: uuidv7(),
          userId,
          credentialId: Buffer.alloc(16, 7),
          publicKey: Buffer.alloc(77),
          counter: 0n,
          backedUp: false,
          name: "p",
        },
      ],
    }),
  );
  await database().user.update({ where: { id: userId }, data: { emailVerifiedAt: null } });
  assert.equal((await use(await linkFor(person.email))).status, 204);
  const token = await browser().send("GET", "/me", undefined, {
    authorization: `Bearer ${(minted.data as { token: string }).token}`,
  });
  assert.equal(token.status, 401);
  const user = await database().user.findUniqueOrThrow({ where: { id: userId } });
  assert.ok(user.emailVerifiedAt);
  assert.equal(user.hasSecondFactor, false);
  assert.equal(await withUser(userId, (tx) => tx.passkey.count()), 0);
});

test("a proven account keeps its second factor and its tokens", async () => {
  const person = await newPerson();
  const { userId } = person;
  const minted = await person.browser.send("POST", "/me/tokens", { name: "kept", expiresInDays: 30 });
  await withUser(userId, (tx) =>
    tx.passkey.createMany({
      data: [
        {
          id: uuidv7(),
          userId,
          credentialId: Buffer.alloc(16, 8),
          publicKey: Buffer.alloc(77),
          counter: 0n,
          backedUp: false,
          name: "p",
        },
      ],
    }),
  );
  assert.equal((await use(await linkFor(person.email))).status, 204);
  const token = await browser().send("GET", "/me", undefined, {
    authorization: `Bearer ${(minted.data as { token: string }).token}`,
  });
  assert.equal(token.status, 200);
  assert.equal((await database().user.findUniqueOrThrow({ where: { id: userId } })).hasSecondFactor, true);
});

test("asking again and again is slowed down by account, known or not, and by where it comes from", async () => {
  const { email } = await newPerson();
  for (const address of [email, "nobody-at-all@people.example"]) {
    const codes: number[] = [];
    for (let i = 0; i < 5; i++) codes.push((await ask(address)).status);
    assert.deepEqual(codes, [204, 204, 204, 204, 429], address);
  }
  assert.equal((await post.take(email)).length, 4);
  const from = stranger();
  const codes: number[] = [];
  for (let i = 0; i < 21; i++) codes.push((await ask(`somebody${i}@people.example`, from)).status);
  assert.equal(codes.at(-1), 429);
});

test("without a mail server nothing is promised, and who runs the installation can make a link", async () => {
  const { email } = await newPerson();
  const url = process.env.SMTP_URL;
  delete process.env.SMTP_URL;
  try {
    const answer = await ask(email);
    assert.equal(answer.status, 409);
    assert.match(answer.error.message, /sends no mail.*runs it/);
    assert.equal((await ask("nobody@people.example")).error.message, answer.error.message);
    const link = await resetLinkFor(email);
    assert.equal((await use(link?.address.split("#")[1] as string)).status, 204);
    assert.equal(await resetLinkFor("nobody@people.example"), null);
    await allDone();
  } finally {
    process.env.SMTP_URL = url;
  }
});

test("hostile input is refused in words, and none of it reaches a mail", async () => {
  const huge = "x".repeat(1024 * 1024);
  const before = post.mails.length;
  for (const email of [
    "a@b.example\r\nBcc: everybody@evil.example",
    "a@b.example\u0000",
    "\u0430da@people.example",
    "mi\u212ae@people.example",
    "a@b.example, c@d.example",
    `${"x".repeat(5_000)}@people.example`,
    "",
    null,
    { toString: "a@b.example" },
  ]) {
    assert.equal(
      (await stranger().send("POST", "/password-resets", { email })).status,
      422,
      JSON.stringify(email),
    );
  }
  assert.equal((await stranger().send("POST", "/password-resets", { email: huge })).status, 413);
  for (const secret of ["", "ghl_", "../../x", "ghl_\u0000", 7, "gh_AAAA", "x".repeat(200)]) {
    assert.equal((await stranger().send("POST", "/password-resets/open", { secret })).status, 422);
  }
  const { email } = await newPerson();
  const secret = await linkFor(email);
  assert.equal((await use(secret, huge)).status, 413);
  assert.equal((await use(secret, "x".repeat(1_025))).status, 422);
  assert.equal((await use(secret, `a lone surrogate \ud800 here`)).status, 422);
  await allDone();
  assert.equal(post.mails.length, before);
  assert.ok(post.envelopes.every((line) => !line.includes("evil")));
});
