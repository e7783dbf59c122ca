import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { formatCredential } from "#lib/contract/credential.ts";
import { database } from "#lib/db/client.ts";
import { withUser } from "#lib/db/scope.ts";
import {
  newPerson,
  PASSWORD,
  type Person,
  postOffice,
  secretIn,
  signInBrowser,
} from "#tests/harness/account.ts";
import { browser } from "#tests/harness/browser.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import type { Account } from "./schema.ts";

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

let addresses = 0;
const fresh = () => `new-address-${++addresses}@people.example`;
const ask = (person: Person, email: string, password: string | undefined = PASSWORD) =>
  person.browser.send("POST", "/me/email", { email, password });
const verify = (person: Pick<Person, "browser">, secret: string) =>
  person.browser.send("POST", "/me/email/verify", { secret });
const accountOf = async (person: Person) => (await person.browser.send("GET", "/me/account")).data as Account;
const unproven = (person: Person) =>
  database().user.update({ where: { id: person.userId }, data: { emailVerifiedAt: null } });

test("a new address counts only when it is proven; then the old one is told and signs nobody in any more", async () => {
  const person = await newPerson();
  const email = fresh();
  assert.equal((await ask(person, email)).status, 202);
  const pending = await accountOf(person);
  assert.deepEqual([pending.email, pending.pendingEmail?.email], [person.email, email]);
  await signInBrowser(person.email, "192.0.2.20");
  const [mail] = await post.take(email);
  assert.equal((await verify(person, secretIn(mail))).status, 200);
  const now = await accountOf(person);
  assert.deepEqual([now.email, now.pendingEmail], [email, null]);
  await assert.rejects(signInBrowser(person.email, "192.0.2.21"));
  await signInBrowser(email, "192.0.2.22");
  const [told] = await post.take(person.email);
  assert.match(told ?? "", /Subject: Gatehouse: your e-mail address was changed/);
  assert.ok(told?.includes(email));
});

test("an address that is not proven yet is proven with a mailed link, once", async () => {
  const person = await newPerson();
  await unproven(person);
  assert.equal((await accountOf(person)).emailVerifiedAt, null);
  assert.equal((await person.browser.send("POST", "/me/email/send")).status, 202);
  const secret = secretIn((await post.take(person.email))[0]);
  assert.equal((await verify(person, secret)).status, 200);
  assert.notEqual((await accountOf(person)).emailVerifiedAt, null);
  assert.equal((await verify(person, secret)).status, 404);
  assert.equal((await person.browser.send("POST", "/me/email/send")).status, 409, "it is proven already");
  assert.deepEqual(await post.take(person.email), [], "nothing changed, so nobody is told");
});

test("a link does nothing but in a session of the account that asked: nobody proves a stranger's account by pressing it", async () => {
  const squatter = await newPerson();
  await unproven(squatter);
  await squatter.browser.send("POST", "/me/email/send");
  const secret = secretIn((await post.take(squatter.email))[0]);
  const victim = await newPerson();
  assert.equal((await browser().send("POST", "/me/email/verify", { secret })).status, 401);
  const answer = await verify(victim, secret);
  assert.equal(answer.status, 404);
  const never = formatCredential("personalLink", Buffer.alloc(32, 9));
  assert.equal((await verify(victim, never)).error.message, answer.error.message);
  assert.equal((await accountOf(squatter)).emailVerifiedAt, null);
  assert.equal((await verify(squatter, secret)).status, 200, "looking has not used it up");
});

test("whether another account has the address is told to that address alone", async () => {
  const person = await newPerson();
  const other = await newPerson();
  const free = fresh();
  const [taken, available] = [await ask(person, other.email), await ask(await newPerson(), free)];
  assert.equal(taken.status, available.status);
  assert.deepEqual(Object.keys(taken.data as object), Object.keys(available.data as object));
  assert.equal((await accountOf(person)).pendingEmail?.email, other.email);
  const [mail] = await post.take(other.email);
  assert.match(mail ?? "", /already has an account/);
  assert.ok(!mail?.includes("ghl_"));
});

test("two who want the same address: the first to prove it has it, the other's link is dead", async () => {
  const [one, two] = [await newPerson(), await newPerson()];
  const email = fresh();
  await ask(one, email);
  await ask(two, email);
  const secrets = (await post.take(email)).map(secretIn);
  assert.equal(secrets.length, 2);
  const outcomes = await Promise.all([
    ...secrets.flatMap((secret) => [verify(one, secret), verify(two, secret)]),
  ]);
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), [200, 404, 404, 404]);
  assert.equal(await database().user.count({ where: { email } }), 1);
});

test("a newer request, taking it back, and time each end a link", async () => {
  const person = await newPerson();
  const [first, second] = [fresh(), fresh()];
  await ask(person, first);
  const replaced = secretIn((await post.take(first))[0]);
  await ask(person, second);
  const cancelled = secretIn((await post.take(second))[0]);
  assert.equal((await verify(person, replaced)).status, 404);
  assert.equal((await person.browser.send("DELETE", "/me/email")).status, 204);
  assert.equal((await verify(person, cancelled)).status, 404);
  assert.equal((await person.browser.send("DELETE", "/me/email")).status, 404);
  const third = fresh();
  await ask(person, third);
  const late = secretIn((await post.take(third))[0]);
  await withUser(person.userId, (tx) =>
    tx.personalLink.updateMany({ where: { userId: person.userId }, data: { expiresAt: new Date() } }),
  );
  assert.equal((await verify(person, late)).status, 404);
  assert.equal((await accountOf(person)).pendingEmail, null);
  assert.equal((await accountOf(person)).email, person.email);
});

test("the password is asked; a wrong one, the same address and what is none are refused, and no mail goes out", async () => {
  const person = await newPerson();
  const email = fresh();
  assert.equal((await ask(person, email, "not this one")).error.details[0]?.path, "password");
  assert.equal((await person.browser.send("POST", "/me/email", { email })).status, 422);
  assert.equal((await ask(person, ` ${person.email.toUpperCase()} `)).error.details[0]?.path, "email");
  for (const bad of [
    "a@b.example\r\nBcc: c@d.example",
    "\u0430da@people.example",
    "mi\u212ae@people.example",
    "a@b",
    `${"x".repeat(300)}@people.example`,
    "a@b.example\u0000",
    "",
  ]) {
    assert.equal((await ask(person, bad)).error.details[0]?.path, "email", JSON.stringify(bad));
  }
  assert.deepEqual(await post.take(email), []);
});

test("nobody has more than a few mails sent to addresses of their choice", async () => {
  const person = await newPerson();
  const codes: number[] = [];
  for (let i = 0; i < 7; i++) codes.push((await ask(person, fresh())).status);
  assert.equal(codes.at(-1), 429);
  const target = fresh();
  const from: number[] = [];
  for (let i = 0; i < 5; i++) from.push((await ask(await newPerson(), target)).status);
  assert.deepEqual(from, [202, 202, 202, 202, 429]);
});

test("without a mail server the address cannot be changed, and the answer says whom to ask", async () => {
  const person = await newPerson();
  const url = process.env.SMTP_URL;
  delete process.env.SMTP_URL;
  try {
    const answer = await ask(person, fresh());
    assert.equal(answer.status, 409);
    assert.match(answer.error.message, /sends no mail/);
    assert.equal((await accountOf(person)).sendsMail, false);
  } finally {
    process.env.SMTP_URL = url;
  }
});
