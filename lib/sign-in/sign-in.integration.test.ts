import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { encode } from "next-auth/jwt";
import { authenticate } from "#lib/access/authenticate.ts";
import { assertPerson } from "#lib/access/authorize.ts";
import { sessionCookieName } from "#lib/access/session-cookie.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { createUser, endSession, signIn, signOutEverywhere } from "./commands.ts";

const PASSWORD = "correct horse battery staple";

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

let people = 0;
async function account() {
  const email = `person${people++}@example.com`;
  await createUser({ email, name: "Person", password: PASSWORD });
  return { email, from: { ip: `192.0.2.${people}`, userAgent: "test" } };
}

const code = (expected: string) => (error: unknown) =>
  error instanceof DomainError && error.code === expected;

async function cookieOf(sessionId: string): Promise<string> {
  return `${sessionCookieName(false)}=${await encode({ token: { sid: sessionId }, secret: env.secret })}`;
}

async function whoIs(cookie: string) {
  return authenticate(new Headers({ cookie }), uuidv7());
}

test("the right password opens a session that the cookie names, until it is ended", async () => {
  const { email, from } = await account();
  const { sessionId, userId } = await signIn({ email: ` ${email.toUpperCase()} `, password: PASSWORD }, from);
  const cookie = await cookieOf(sessionId);
  assert.equal((await whoIs(cookie))?.userId, userId);
  await endSession(sessionId);
  assert.equal(await whoIs(cookie), null);
});

test("signing out everywhere ends every session at once", async () => {
  const { email, from } = await account();
  const sessions = [
    await signIn({ email, password: PASSWORD }, from),
    await signIn({ email, password: PASSWORD }, from),
  ];
  const cookies = await Promise.all(sessions.map(({ sessionId }) => cookieOf(sessionId)));
  const actor = await whoIs(cookies[0] as string);
  assert.ok(actor);
  assertPerson(actor);
  await signOutEverywhere(actor);
  for (const cookie of cookies) assert.equal(await whoIs(cookie), null);
});

test("a disabled account is nobody from the next request on", async () => {
  const { email, from } = await account();
  const { sessionId, userId } = await signIn({ email, password: PASSWORD }, from);
  await database().user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
  assert.equal(await whoIs(await cookieOf(sessionId)), null);
  await assert.rejects(signIn({ email, password: PASSWORD }, from), code("unauthenticated"));
});

test("an unknown address and a wrong password are answered alike", async () => {
  const { email, from } = await account();
  const messages: string[] = [];
  for (const given of [
    { email, password: "wrong" },
    { email: "nobody@example.com", password: "wrong" },
  ]) {
    await signIn(given, from).catch((error: DomainError) => messages.push(`${error.code} ${error.message}`));
  }
  assert.equal(messages.length, 2);
  assert.equal(messages[0], messages[1]);
});

test("guessing one account is slowed down, wherever it comes from, even when guesses arrive together", async () => {
  const { email } = await account();
  const guesses = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      signIn({ email, password: `guess ${i}` }, { ip: `198.51.100.${i}`, userAgent: "" }),
    ),
  );
  const codes = guesses.map((guess) =>
    guess.status === "rejected" ? (guess.reason as DomainError).code : "in",
  );
  const looked = codes.filter((each) => each === "unauthenticated").length;
  const refused = codes.filter((each) => each === "too_many_requests").length;
  assert.equal(looked + refused, 20);
  // Five are free; on a slow machine the first wait, one second, can be over before the last of them is counted.
  assert.ok(looked >= 5 && looked <= 8, `${looked} were looked at`);
  await database().signInThrottle.updateMany({
    where: { subject: { startsWith: "account:" }, failures: { gte: 5 } },
    data: { blockedUntil: new Date(Date.now() + 60_000) },
  });
  const right = signIn({ email, password: PASSWORD }, { ip: "203.0.113.9", userAgent: "" });
  await assert.rejects(right, (error: DomainError) => Number(error.headers["retry-after"]) >= 1);
});

test("guessing many accounts from one address is slowed down", async () => {
  const from = { ip: "203.0.113.77", userAgent: "" };
  const codes: string[] = [];
  for (let i = 0; i < 62; i++) {
    await signIn({ email: `nobody${i}@example.com`, password: "x" }, from).catch((error: DomainError) =>
      codes.push(error.code),
    );
  }
  assert.ok(codes.includes("too_many_requests"));
  assert.equal(codes.filter((each) => each === "unauthenticated").length, 60);
});

test("right guesses that hide in a burst of wrong ones from one address are slowed down with them", async () => {
  const emails: string[] = [];
  for (let i = 0; i < 10; i++) emails.push((await account()).email);
  const from = { ip: "203.0.113.88", userAgent: "" };
  const wrong = Array.from({ length: 70 }, (_, i) =>
    signIn({ email: `absent${i}@example.com`, password: "x" }, from),
  );
  const right = emails.map((email) => signIn({ email, password: PASSWORD }, from));
  const outcomes = await Promise.allSettled([...wrong, ...right]);
  const refused = outcomes.filter(
    (one) => one.status === "rejected" && code("too_many_requests")(one.reason),
  );
  assert.ok(refused.length >= 20, `${refused.length} of 80 were refused`);
});

test("fifty people behind one address sign in at the same moment, and again, and none of them is turned away", async () => {
  const emails: string[] = [];
  for (let i = 0; i < 50; i++) emails.push((await account()).email);
  const from = { ip: "203.0.113.98", userAgent: "" };
  for (let round = 0; round < 2; round++) {
    const done = await Promise.allSettled(emails.map((email) => signIn({ email, password: PASSWORD }, from)));
    assert.deepEqual(
      done.flatMap((each) => (each.status === "rejected" ? [String(each.reason)] : [])),
      [],
    );
  }
});

test("people who share an address sign in without slowing one another down", async () => {
  const { email } = await account();
  const from = { ip: "203.0.113.99", userAgent: "" };
  for (let i = 0; i < 70; i++) await signIn({ email, password: PASSWORD }, from);
});

test("signing in with an account of one's own does not clear the address of its failures", async () => {
  const { email } = await account();
  const from = { ip: "203.0.113.111", userAgent: "" };
  const codes: string[] = [];
  for (let i = 0; i < 61; i++) {
    if (i % 5 === 0 && i < 60) await signIn({ email, password: PASSWORD }, from);
    await signIn({ email: `missing${i}@example.com`, password: "x" }, from).catch((error: DomainError) =>
      codes.push(error.code),
    );
  }
  assert.equal(codes.at(-1), "too_many_requests");
});

test("a session that has expired is nobody", async () => {
  const { email, from } = await account();
  const { sessionId } = await signIn({ email, password: PASSWORD }, from);
  const expiresAt = new Date(Date.now() - 1_000);
  await database().session.update({ where: { id: sessionId }, data: { expiresAt } });
  assert.equal(await whoIs(await cookieOf(sessionId)), null);
});

test("malformed credentials are refused without an account being touched", async () => {
  const from = { ip: "203.0.113.5", userAgent: "" };
  for (const given of [
    null,
    {},
    { email: 1, password: [] },
    { email: "a@b.example", password: "x".repeat(2_000) },
    { email: "nul\u0000@example.com", password: "x" },
  ]) {
    await assert.rejects(signIn(given, from), code("unauthenticated"));
  }
});

test("a cookie that was tampered with, or signed with another secret, is nobody", async () => {
  const { email, from } = await account();
  const { sessionId } = await signIn({ email, password: PASSWORD }, from);
  const foreign = await encode({ token: { sid: sessionId }, secret: "another secret that is long enough" });
  for (const value of [foreign, "x", "", "a.b.c.d.e", sessionId]) {
    assert.equal(await whoIs(`${sessionCookieName(false)}=${value}`), null);
  }
});

test("a bad bearer token is nobody, even beside a good cookie", async () => {
  const { email, from } = await account();
  const cookie = await cookieOf((await signIn({ email, password: PASSWORD }, from)).sessionId);
  assert.equal(await authenticate(new Headers({ cookie, authorization: "Bearer nonsense" }), uuidv7()), null);
  assert.equal(await authenticate(new Headers({ cookie, authorization: "Basic eDp5" }), uuidv7()), null);
});

test("with a cookie, a change that another site's page sends is 403 and changes nothing", async () => {
  const { email, from } = await account();
  const cookie = await cookieOf((await signIn({ email, password: PASSWORD }, from)).sessionId);
  const create = (slug: string, headers: Record<string, string>) =>
    dispatch(
      new Request(`${env.consoleUrl}/api/v1/tenants`, {
        method: "POST",
        headers: { cookie, "content-type": "application/json", ...headers },
        body: JSON.stringify({ slug, name: slug }),
      }),
    );
  for (const headers of [{}, { origin: "https://evil.example" }, { origin: "null" }]) {
    assert.equal((await create("csrf", headers)).status, 403);
  }
  assert.equal((await create("csrf", { origin: env.consoleUrl })).status, 201);
  const taken = await create("csrf", { origin: env.consoleUrl });
  assert.equal(taken.status, 409);
});
