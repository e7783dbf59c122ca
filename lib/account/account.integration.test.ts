import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { database } from "#lib/db/client.ts";
import {
  NEXT_PASSWORD,
  newPerson,
  PASSWORD,
  type Person,
  postOffice,
  signInBrowser,
} from "#tests/harness/account.ts";
import { browser } from "#tests/harness/browser.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import type { Account, Activity, BrowserSession } from "./schema.ts";

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

const accountOf = async (person: Person) => (await person.browser.send("GET", "/me/account")).data as Account;
const sessionsOf = async (person: Pick<Person, "browser">) =>
  (await person.browser.send("GET", "/me/sessions")).data as BrowserSession[];
const activityOf = async (person: Pick<Person, "browser">) =>
  (await person.browser.send("GET", "/me/activity")).data as Activity[];

test("a changed password is the only one, ends every other session at once, stays in this one, and is told by mail", async () => {
  const person = await newPerson();
  const elsewhere = await signInBrowser(person.email, "192.0.2.7");
  const answer = await person.browser.send("POST", "/me/password", {
    current: PASSWORD,
    password: NEXT_PASSWORD,
  });
  assert.equal(answer.status, 204);
  assert.equal((await elsewhere.browser.send("GET", "/me")).status, 401);
  assert.equal((await person.browser.send("GET", "/me")).status, 200);
  await assert.rejects(signInBrowser(person.email, "192.0.2.8", PASSWORD));
  await signInBrowser(person.email, "192.0.2.9", NEXT_PASSWORD);
  const mails = await post.take(person.email);
  assert.equal(mails.length, 1);
  assert.ok(!mails[0]?.includes("Ada"), "a mail holds no name that somebody chose");
});

test("a change that is refused changes nothing: wrong or missing present password, a bad or the same new one", async () => {
  const person = await newPerson();
  const before = await database().user.findUnique({ where: { id: person.userId } });
  for (const [body, path] of [
    [{ current: "not this one", password: NEXT_PASSWORD }, "current"],
    [{ password: NEXT_PASSWORD }, "current"],
    [{ current: PASSWORD, password: "password1234" }, "password"],
    [{ current: PASSWORD, password: `${person.email}!` }, "password"],
    [{ current: PASSWORD, password: "short" }, "password"],
    [{ current: PASSWORD, password: PASSWORD }, "password"],
    [{ current: PASSWORD, password: NEXT_PASSWORD, also: 1 }, "also"],
  ] as const) {
    const answer = await person.browser.send("POST", "/me/password", body);
    assert.equal(answer.status, 422, JSON.stringify(body));
    assert.equal(answer.error.details[0]?.path, path);
  }
  assert.deepEqual(await database().user.findUnique({ where: { id: person.userId } }), before);
});

test("a wrong present password counts like one at the sign-in, so that an open browser is no way to guess it", async () => {
  const person = await newPerson();
  const codes: number[] = [];
  for (let i = 0; i < 6; i++) {
    const current = `a guess ${i}`;
    codes.push(
      (await person.browser.send("POST", "/me/password", { current, password: NEXT_PASSWORD })).status,
    );
  }
  assert.deepEqual(codes, [422, 422, 422, 422, 422, 429]);
  assert.equal((await person.browser.send("POST", "/me/confirm", { password: PASSWORD })).status, 429);
  await assert.rejects(signInBrowser(person.email, "192.0.2.44"));
});

test("of two changes at the same moment one wins, and the other is told so", async () => {
  const person = await newPerson();
  const answers = await Promise.all(
    [0, 1].map((i) =>
      person.browser.send("POST", "/me/password", { current: PASSWORD, password: `${NEXT_PASSWORD} ${i}` }),
    ),
  );
  const won = answers.findIndex(({ status }) => status === 204);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 409]);
  await signInBrowser(person.email, "192.0.2.10", `${NEXT_PASSWORD} ${won}`);
});

test("somebody who has no password sets the first one when they have just proved who they are, and not otherwise", async () => {
  const person = await newPerson();
  const { userId, sessionId } = person;
  await database().user.update({
    where: { id: userId },
    data: { passwordHash: null, passwordChangedAt: null },
  });
  assert.equal((await accountOf(person)).hasPassword, false);
  const longAgo = new Date(Date.now() - 3_600_000);
  await database().session.update({ where: { id: sessionId }, data: { confirmedAt: longAgo } });
  const set = () => person.browser.send("POST", "/me/password", { password: NEXT_PASSWORD });
  assert.equal((await set()).error.code, "confirmation_required");
  await database().session.update({ where: { id: sessionId }, data: { confirmedAt: new Date() } });
  assert.equal((await set()).status, 204);
  assert.equal((await accountOf(person)).hasPassword, true);
  await signInBrowser(person.email, "192.0.2.11", NEXT_PASSWORD);
});

test("what is dangerous is asked for again after a quarter of an hour, and a right password opens it", async () => {
  const person = await newPerson();
  const longAgo = new Date(Date.now() - 16 * 60_000);
  await database().session.update({ where: { id: person.sessionId }, data: { confirmedAt: longAgo } });
  await database().user.update({ where: { id: person.userId }, data: { passwordHash: null } });
  const refused = await person.browser.send("POST", "/me/password", { password: NEXT_PASSWORD });
  assert.equal(refused.status, 403);
  assert.equal((await person.browser.send("POST", "/me/confirm", { password: PASSWORD })).status, 422);
  const other = await newPerson();
  assert.equal((await other.browser.send("POST", "/me/confirm", { password: PASSWORD })).status, 204);
  const ways = await other.browser.send("GET", "/me/confirm");
  assert.deepEqual(ways.data, { ways: ["password"] });
});

test("the list says where somebody is signed in: device, address, place, method, and which one this is", async () => {
  const person = await newPerson();
  await signInBrowser(person.email, "10.1.2.3");
  const [first, second] = (await sessionsOf(person)).toSorted(
    (a, b) => Number(b.current) - Number(a.current),
  );
  assert.ok(first?.current && second && !second.current);
  assert.deepEqual(
    [second.device, second.ip, second.place, second.method, second.secondFactor],
    ["curl", "10.1.2.3", "a private network", "password", null],
  );
});

test("the address of the last use is told, not that of the first", async () => {
  const person = await newPerson();
  const minutesAgo = new Date(Date.now() - 5 * 60_000);
  await database().session.update({ where: { id: person.sessionId }, data: { lastSeenAt: minutesAgo } });
  const moved = browser("203.0.113.200");
  await moved.carry(person.sessionId);
  await moved.send("GET", "/me");
  const [session] = await sessionsOf(person);
  assert.equal(session?.ip, "203.0.113.200");
  assert.ok(new Date(session.lastSeenAt) > minutesAgo);
});

test("a session that is ended is refused from its next request on, and nobody ends another person's", async () => {
  const person = await newPerson();
  const elsewhere = await signInBrowser(person.email, "192.0.2.12");
  const stranger = await newPerson();
  assert.equal((await stranger.browser.send("DELETE", `/me/sessions/${elsewhere.sessionId}`)).status, 404);
  assert.equal((await elsewhere.browser.send("GET", "/me")).status, 200);
  assert.equal((await person.browser.send("DELETE", `/me/sessions/${elsewhere.sessionId}`)).status, 204);
  assert.equal((await elsewhere.browser.send("GET", "/me")).status, 401);
  assert.equal((await person.browser.send("DELETE", `/me/sessions/${elsewhere.sessionId}`)).status, 404);
});

test("ending all others leaves this one, and counts what it ended", async () => {
  const person = await newPerson();
  const others = [
    await signInBrowser(person.email, "192.0.2.13"),
    await signInBrowser(person.email, "192.0.2.14"),
  ];
  const answer = await person.browser.send("POST", "/me/sessions/end-others");
  assert.deepEqual(answer.data, { ended: 2 });
  for (const { browser: other } of others) assert.equal((await other.send("GET", "/me")).status, 401);
  assert.equal((await sessionsOf(person)).length, 1);
  assert.deepEqual((await person.browser.send("POST", "/me/sessions/end-others")).data, { ended: 0 });
});

test("the activity tells of sign-ins, refusals and changes with device and address, to that person alone", async () => {
  const person = await newPerson();
  await assert.rejects(signInBrowser(person.email, "203.0.113.66", "a wrong one"));
  await person.browser.send("PATCH", "/me", { name: "Countess Lovelace" });
  await person.browser.send("PATCH", "/me", { name: "Countess Lovelace" });
  await post.take(person.email);
  const activity = await activityOf(person);
  const told = activity.map(({ action, ip, about }) => `${action} ${ip} ${about}`).sort();
  const own = person.browser.headers().get("x-forwarded-for");
  assert.deepEqual(told, [
    "password.refuse 203.0.113.66 curl",
    `profile.edit ${own} Countess Lovelace`,
    `session.start ${own} curl`,
  ]);
  assert.deepEqual(
    (await activityOf(await newPerson())).map(({ action }) => action),
    ["session.start"],
  );
});

test("a name is taken as people write it, and refused when it is not one line that can be seen", async () => {
  const person = await newPerson();
  for (const name of [
    "",
    "   ",
    "a\nb",
    "a\u0000b",
    "x".repeat(121),
    "\u202eevil",
    "\u200b\u200b",
    7,
    null,
  ]) {
    assert.equal((await person.browser.send("PATCH", "/me", { name })).status, 422, JSON.stringify(name));
  }
  const huge = await person.browser.send("PATCH", "/me", { name: "x".repeat(1024 * 1024) });
  assert.equal(huge.status, 413);
  const renamed = await person.browser.send("PATCH", "/me", { name: "  Grace Hopper  " });
  assert.equal((renamed.data as Account).name, "Grace Hopper");
});

test("an access token reads and changes nothing of the account", async () => {
  const person = await newPerson();
  const minted = await person.browser.send("POST", "/me/tokens", { name: "t", expiresInDays: 1 });
  const headers = { authorization: `Bearer ${(minted.data as { token: string }).token}` };
  const password = PASSWORD;
  for (const [method, path, body] of [
    ["GET", "/me/account"],
    ["GET", "/me/sessions"],
    ["GET", "/me/activity"],
    ["PATCH", "/me", { name: "x" }],
    ["POST", "/me/password", { current: PASSWORD, password: NEXT_PASSWORD }],
    ["POST", "/me/email", { email: "other@people.example", password }],
    ["POST", "/me/email/send", {}],
    ["POST", "/me/confirm", { password }],
    ["POST", "/me/sessions/end-others", {}],
    ["POST", "/me/sign-out-everywhere", {}],
    ["DELETE", `/me/sessions/${person.sessionId}`],
  ] as const) {
    const answer = await browser().send(method, path, body, headers);
    assert.equal(answer.status, 403, `${method} ${path}`);
  }
  assert.equal((await person.browser.send("GET", "/me")).status, 200);
});

test("signing out is told, and sessions of long ago or half-way in are not listed", async () => {
  const person = await newPerson();
  const { userId } = person;
  const expired = await signInBrowser(person.email, "192.0.2.15");
  await database().session.update({ where: { id: expired.sessionId }, data: { expiresAt: new Date() } });
  const halfway = await signInBrowser(person.email, "192.0.2.16");
  await database().session.update({ where: { id: halfway.sessionId }, data: { secondFactorDue: true } });
  assert.equal((await sessionsOf(person)).length, 1);
  const { endSession } = await import("#lib/sign-in/commands.ts");
  await endSession(person.sessionId);
  const again = await signInBrowser(person.email, "192.0.2.17");
  const actions = (await activityOf(again)).map(({ action }) => action);
  assert.ok(actions.includes("session.sign_out"));
  assert.equal(await database().session.count({ where: { userId, revokedAt: { not: null } } }), 1);
});
