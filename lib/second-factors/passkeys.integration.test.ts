import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test, { after, before } from "node:test";
import { authenticate } from "#lib/access/authenticate.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { createUser, signIn } from "#lib/sign-in/commands.ts";
import {
  type Authenticator,
  authenticator,
  type Ceremony,
  type Misdeeds,
} from "#tests/harness/authenticator.ts";
import { type Browser, browser } from "#tests/harness/browser.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { eventually } from "#tests/harness/eventually.ts";

const PASSWORD = "a long password that nobody else has";
const CONSOLE = "http://localhost:3000";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
  process.env.CONSOLE_URL = CONSOLE;
});
after(() => plane.close());

const sql = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
  withClient(plane.database.superuserUrl, async (client) => (await client.query<T>(text, values)).rows);

type Somebody = { userId: string; email: string; at: Browser };

async function somebody(): Promise<Somebody> {
  const email = `${uuidv7()}@people.example`;
  const userId = await createUser({ email, name: "Somebody", password: PASSWORD });
  return { userId, email, at: await passwordGiven(email) };
}

async function passwordGiven(email: string): Promise<Browser> {
  const at = browser();
  const { sessionId } = await signIn({ email, password: PASSWORD }, { ip: "192.0.2.1", userAgent: "test" });
  await at.carry(sessionId);
  return at;
}

const whoIs = (at: Browser) => authenticate(at.headers(), uuidv7());
const challenge = async (at: Browser, path: string) => (await at.send("POST", path)).data as Ceremony;

/** Registers the authenticator's passkey; gives the answer. */
async function register(at: Browser, device: Authenticator, does?: Misdeeds, name = "My phone") {
  const options = await challenge(at, "/me/passkeys/challenge");
  return at.send("POST", "/me/passkeys", { name, response: device.make(options, does) });
}

async function withPasskey(counts = false): Promise<Somebody & { device: Authenticator; id: string }> {
  const person = await somebody();
  const device = authenticator(CONSOLE, counts);
  const { status, data } = await register(person.at, device);
  assert.equal(status, 201);
  return { ...person, device, id: (data as { passkey: { id: string } }).passkey.id };
}

/** Signs in with the passkey alone, in a new browser. */
async function signInWith(device: Authenticator, does?: Misdeeds, at = browser()) {
  const options = await challenge(at, "/sign-in/passkey/challenge");
  const { status } = await at.send("POST", "/sign-in/passkey", device.use(options, does));
  return { at, status };
}

const passkeysOf = (userId: string) => sql("SELECT * FROM passkeys WHERE user_id = $1", [userId]);

test("a passkey signs in without a password, counts as two factors, and is confirmed by that", async () => {
  const { userId, device } = await withPasskey();
  const { at, status } = await signInWith(device);
  assert.equal(status, 204);
  const actor = await whoIs(at);
  assert.equal(actor?.userId, userId);
  assert.ok(actor.proof.type === "session");
  assert.deepEqual([actor.proof.method, actor.proof.secondFactor], ["passkey", "passkey"]);
  const [row] = await sql<{ last_used_at: Date | null }>(
    "SELECT last_used_at FROM passkeys WHERE user_id = $1",
    [userId],
  );
  assert.ok(row?.last_used_at);
});

test("with a passkey the password alone does not sign in; together they do", async () => {
  const { email, device } = await withPasskey();
  const at = await passwordGiven(email);
  assert.equal(await whoIs(at), null);
  const options = await challenge(at, "/sign-in/second-factor/challenge");
  const listed = options.allowCredentials as { id: string }[];
  assert.deepEqual(
    listed.map(({ id }) => id),
    [device.id],
  );
  assert.equal(
    (await at.send("POST", "/sign-in/second-factor", { passkey: device.use(options) })).status,
    204,
  );
  const actor = await whoIs(at);
  assert.ok(actor?.proof.type === "session");
  assert.deepEqual([actor.proof.method, actor.proof.secondFactor], ["password", "passkey"]);
});

const WRONG: [what: string, does: Misdeeds][] = [
  ["from another site", { origin: "https://evil.example" }],
  ["from another port of the host", { origin: "http://localhost:3001" }],
  ["for another host", { rpId: "evil.example" }],
  ["for another ceremony", { type: "webauthn.payment" }],
  ["without finger, face or PIN", { verified: false }],
  ["without anybody there", { present: false }],
  ["from inside another page", { crossOrigin: true }],
  ["with a page on top", { topOrigin: "https://evil.example" }],
  ["with a challenge of its own", { challenge: randomBytes(32).toString("base64url") }],
];

for (const [what, does] of WRONG) {
  test(`an answer that was given ${what} makes no passkey and signs nobody in`, async () => {
    const person = await somebody();
    const device = authenticator(CONSOLE);
    const refused = await register(person.at, device, does);
    assert.equal(refused.status, 422);
    assert.deepEqual(await passkeysOf(person.userId), []);
    assert.equal((await register(person.at, device)).status, 201);
    const { at, status } = await signInWith(device, does);
    assert.equal(status, 422);
    assert.equal(await whoIs(at), null);
    assert.equal((await signInWith(device)).status, 204);
  });
}

test("a signature that is not the passkey's signs nobody in", async () => {
  const { device } = await withPasskey();
  const flipped = (bytes: Buffer) =>
    Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]);
  for (const signature of [flipped, () => randomBytes(70), () => Buffer.from([0])]) {
    assert.equal((await signInWith(device, { signature })).status, 422);
  }
});

test("CBOR that is cut off, bent or deep is refused without an error of ours", async () => {
  const { at, userId } = await somebody();
  const device = authenticator(CONSOLE);
  const bent: ((bytes: Buffer) => Buffer)[] = [
    ...[1, 5, 20, 60, 100, 150].map((cut) => (bytes: Buffer) => bytes.subarray(0, bytes.length - cut)),
    (bytes) => Buffer.concat([bytes, Buffer.from([0])]),
    (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]),
    () => Buffer.from([0xa0]),
    () => Buffer.from([0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    () => Buffer.alloc(20_000, 0x81),
    () => Buffer.alloc(20_000, 0xff),
    ...Array.from({ length: 20 }, () => () => randomBytes(200)),
  ];
  for (const attestationObject of bent) {
    const { status, error } = await register(at, device, { attestationObject });
    assert.ok(status === 422, `${status} ${JSON.stringify(error)}`);
  }
  assert.deepEqual(await passkeysOf(userId), []);
});

test("an attestation that was not asked for is refused: nothing is fetched to check it", async () => {
  const { at } = await somebody();
  for (const format of ["apple", "android-safetynet", "android-key", "tpm", "fido-u2f", "made-up"]) {
    assert.equal((await register(at, authenticator(CONSOLE), { format })).status, 422, format);
  }
});

test("an answer is good once, in the browser that was asked, and for what it was asked", async () => {
  const { device, email } = await withPasskey();
  const at = browser();
  const answer = device.use(await challenge(at, "/sign-in/passkey/challenge"));
  const stolen = browser();
  await challenge(stolen, "/sign-in/passkey/challenge");
  assert.equal((await stolen.send("POST", "/sign-in/passkey", answer)).status, 422, "in another browser");
  assert.equal(
    (await browser().send("POST", "/sign-in/passkey", answer)).status,
    422,
    "in one without a cookie",
  );
  const twice = await Promise.all([
    at.send("POST", "/sign-in/passkey", answer),
    at.send("POST", "/sign-in/passkey", answer),
  ]);
  assert.deepEqual(twice.map(({ status }) => status).sort(), [204, 422]);
  assert.equal((await at.send("POST", "/sign-in/passkey", answer)).status, 422, "replayed");

  const due = await passwordGiven(email);
  const forStep = device.use(await challenge(due, "/sign-in/second-factor/challenge"));
  const other = await passwordGiven(email);
  assert.equal(
    (await other.send("POST", "/sign-in/second-factor", { passkey: forStep })).status,
    422,
    "another session",
  );
  assert.equal((await at.send("POST", "/sign-in/passkey", forStep)).status, 422, "another purpose");
  assert.equal((await due.send("POST", "/sign-in/second-factor", { passkey: forStep })).status, 204);
});

test("somebody else's passkey is no second factor, and its answer names nobody but its owner", async () => {
  const mine = await withPasskey();
  const theirs = await withPasskey();
  const due = await passwordGiven(theirs.email);
  const answer = mine.device.use(await challenge(due, "/sign-in/second-factor/challenge"));
  assert.equal((await due.send("POST", "/sign-in/second-factor", { passkey: answer })).status, 422);
  const theirHandle = Buffer.from(theirs.userId.replaceAll("-", ""), "hex").toString("base64url");
  for (const userHandle of [theirHandle, null, "AAAA", Buffer.alloc(16).toString("base64url")]) {
    assert.equal((await signInWith(mine.device, { userHandle })).status, 422, String(userHandle));
  }
});

test("a passkey that is known already is not taken a second time, by nobody", async () => {
  const mine = await withPasskey();
  const options = await challenge(mine.at, "/me/passkeys/challenge");
  assert.deepEqual(
    (options.excludeCredentials as { id: string }[]).map(({ id }) => id),
    [mine.device.id],
  );
  assert.equal((await register(mine.at, mine.device)).status, 409);
  const other = await somebody();
  assert.equal((await register(other.at, mine.device)).status, 409);
  assert.deepEqual(await passkeysOf(other.userId), []);
});

test("a counter that goes back is refused, written down and told", async () => {
  const { device, userId } = await withPasskey(true);
  assert.equal((await signInWith(device)).status, 204);
  assert.equal((await signInWith(device)).status, 204);
  for (const counter of [1, 2, 0])
    assert.equal((await signInWith(device, { counter })).status, 422, String(counter));
  const entries = await sql<{ reason: string; after: { counter: number } }>(
    "SELECT reason, after FROM personal_audit_entries WHERE user_id = $1 AND action = 'passkey.refuse' ORDER BY at",
    [userId],
  );
  assert.deepEqual(
    entries.map(({ after: { counter } }) => counter),
    [1, 2, 0],
  );
  assert.match(entries[0]?.reason ?? "", /counter went back/);
  assert.equal((await signInWith(device, { counter: 50 })).status, 204);
});

test("a disabled account's passkey signs nobody in", async () => {
  const { device, userId } = await withPasskey();
  await sql("UPDATE users SET disabled_at = now() WHERE id = $1", [userId]);
  assert.equal((await signInWith(device)).status, 422);
});

test("a passkey is renamed and removed by its person alone, and signs in no more from then on", async () => {
  const { at, device, id, userId, email } = await withPasskey();
  const other = await somebody();
  for (const method of ["PATCH", "DELETE"]) {
    assert.equal((await other.at.send(method, `/me/passkeys/${id}`, { name: "mine now" })).status, 404);
  }
  assert.equal((await at.send("PATCH", `/me/passkeys/${id}`, { name: "Work laptop" })).status, 204);
  for (const name of ["", " ", "x".repeat(121), "a\u0000b", "a\u202eb"]) {
    assert.equal((await at.send("PATCH", `/me/passkeys/${id}`, { name })).status, 422, name);
  }
  const { data } = await at.send("GET", "/me/second-factors");
  assert.equal((data as { passkeys: { name: string }[] }).passkeys[0]?.name, "Work laptop");
  assert.equal((await at.send("DELETE", `/me/passkeys/${id}`)).status, 204);
  assert.equal((await signInWith(device)).status, 422);
  assert.equal(
    (await whoIs(await passwordGiven(email)))?.userId,
    userId,
    "the password alone signs in again",
  );
});

test("of two factors that are removed at the same moment one stays while a tenant asks for one", async () => {
  const { at, id, userId } = await withPasskey();
  const second = await register(at, authenticator(CONSOLE));
  assert.equal((second.data as { recoveryCodes: null }).recoveryCodes, null, "the first set goes on");
  const { actor } = await plane.tenant("asks-for-two");
  await sql("INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'viewer')", [
    actor.tenant.id,
    userId,
  ]);
  await sql("UPDATE tenants SET require_two_factor = true WHERE id = $1", [actor.tenant.id]);
  const other = (second.data as { passkey: { id: string } }).passkey.id;
  // Both are under way before either goes on: each would see the other's passkey, if it looked before it waits.
  const answers = await withClient(plane.database.superuserUrl, async (holder) => {
    await holder.query("BEGIN");
    await holder.query("SELECT FROM users WHERE id = $1 FOR UPDATE", [userId]);
    const removals = Promise.all([id, other].map((each) => at.send("DELETE", `/me/passkeys/${each}`)));
    await eventually("both removals wait for the person's row", async () => {
      const waiting = await sql(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return waiting.length === 2;
    });
    await holder.query("COMMIT");
    return removals;
  });
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409]);
  assert.equal((await passkeysOf(userId)).length, 1);
  assert.equal((await sql("SELECT FROM users WHERE id = $1 AND has_second_factor", [userId])).length, 1);
});

test("a passkey confirms who it is, in the session that was asked and in no other", async () => {
  const { at, device, email, userId } = await withPasskey();
  const { data } = await at.send("GET", "/me/confirm");
  assert.deepEqual((data as { ways: string[] }).ways, ["password", "passkey"]);
  await sql("UPDATE sessions SET confirmed_at = now() - interval '1 hour' WHERE user_id = $1", [userId]);
  const elsewhere = (await signInWith(device)).at;
  const foreign = device.use(await challenge(elsewhere, "/me/confirm/challenge"));
  assert.equal((await at.send("POST", "/me/confirm", { passkey: foreign })).status, 422);
  assert.equal((await at.send("DELETE", "/me/second-factors/totp")).error.code, "confirmation_required");
  const answer = device.use(await challenge(at, "/me/confirm/challenge"));
  assert.equal((await at.send("POST", "/me/confirm", { passkey: answer })).status, 204);
  assert.equal((await at.send("DELETE", "/me/second-factors/totp")).error.code, "not_found");
  assert.ok(email);
});

test("a megabyte is refused before it is read, and fields that are none are named", async () => {
  const { at } = await somebody();
  const huge = "A".repeat(1_048_576);
  for (const [path, body] of [
    ["/sign-in/passkey", { id: huge, clientDataJSON: "A", authenticatorData: "A", signature: "A" }],
    ["/me/passkeys", { name: "x", response: { id: "A", clientDataJSON: "A", attestationObject: huge } }],
    ["/sign-in/passkey/challenge", { huge }],
  ] as const) {
    assert.equal((await at.send("POST", path, body)).status, 413, path);
  }
  for (const body of [
    {},
    { id: "A" },
    { id: "+/", clientDataJSON: "A", authenticatorData: "A", signature: "A" },
  ]) {
    assert.equal((await at.send("POST", "/sign-in/passkey", body)).status, 422);
  }
});

test("strangers who ask for challenges write nothing", async () => {
  const before = await sql("SELECT count(*) FROM used_challenges");
  const at = browser();
  for (let i = 0; i < 20; i++) await challenge(at, "/sign-in/passkey/challenge");
  assert.deepEqual(await sql("SELECT count(*) FROM used_challenges"), before);
});

test("no more passkeys than the most", async () => {
  const { at, userId } = await somebody();
  for (let i = 0; i < 20; i++) assert.equal((await register(at, authenticator(CONSOLE))).status, 201);
  assert.equal((await at.send("POST", "/me/passkeys/challenge")).status, 409);
  assert.equal((await passkeysOf(userId)).length, 20);
});

test("at an IP address passkeys are refused with the reason, and the other factors go on", async () => {
  const { at, email } = await withPasskey();
  process.env.CONSOLE_URL = "http://127.0.0.1:3000";
  try {
    const { data } = await at.send("GET", "/me/second-factors");
    assert.match((data as { whyNoPasskeys: string }).whyNoPasskeys, /IP address 127\.0\.0\.1/);
    const refused = await at.send("POST", "/me/passkeys/challenge");
    assert.deepEqual([refused.status, refused.error.code], [409, "conflict"]);
    assert.match(refused.error.message, /http:\/\/localhost:3000/);
    const due = await passwordGiven(email);
    assert.equal((await due.send("POST", "/sign-in/second-factor/challenge")).status, 409);
    assert.equal((await browser().send("POST", "/sign-in/passkey/challenge")).status, 409);
  } finally {
    process.env.CONSOLE_URL = CONSOLE;
  }
});
