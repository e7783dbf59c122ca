import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import pg from "pg";
import { allDone } from "#lib/command/afterwards.ts";
import { database } from "#lib/db/client.ts";
import { newPerson, postOffice } from "#tests/harness/account.ts";
import { browser } from "#tests/harness/browser.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { signIn } from "./commands.ts";

let plane: ControlPlane;
let post: Awaited<ReturnType<typeof postOffice>>;
/** The statements that were sent to PostgreSQL, in order, without their values. */
let statements: string[] = [];
const query = pg.Client.prototype.query;

before(async () => {
  plane = await controlPlane();
  post = await postOffice();
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [first] = given;
    statements.push(typeof first === "string" ? first : ((first as { text?: string }).text ?? ""));
    return (query as (...args: unknown[]) => unknown).apply(this, given);
  } as typeof query;
});
after(async () => {
  pg.Client.prototype.query = query;
  await post?.close();
  await plane.close();
});

/** Every kind of account that somebody could ask about, and none. */
async function everyKind(): Promise<Record<string, string>> {
  const [usual, disabled, without, unproven] = [
    await newPerson(),
    await newPerson(),
    await newPerson(),
    await newPerson(),
  ];
  const change = (id: string, data: object) => database().user.update({ where: { id }, data });
  await change(disabled.userId, { disabledAt: new Date() });
  await change(without.userId, { passwordHash: null });
  await change(unproven.userId, { emailVerifiedAt: null });
  return {
    unknown: "nobody@people.example",
    usual: usual.email,
    disabled: disabled.email,
    "without a password": without.email,
    unproven: unproven.email,
  };
}

/** What was sent to the database until the answer came. */
async function during<T>(work: () => Promise<T>): Promise<{ result: T; statements: string[] }> {
  await allDone();
  statements = [];
  const result = await work();
  const sent = [...statements];
  await allDone();
  return { result, statements: sent };
}

let places = 0;
const place = () => `203.0.113.${++places}`;

test("a wrong password does the same work and gets the same answer whatever account there is, or none", async () => {
  const seen = new Map<string, string>();
  for (const [kind, email] of Object.entries(await everyKind())) {
    const { result, statements: sent } = await during(() =>
      signIn({ email, password: "a wrong one" }, { ip: place(), userAgent: "" }).then(
        () => assert.fail(kind),
        (error: Error & { code: string }) => `${error.code} ${error.message}`,
      ),
    );
    seen.set(kind, JSON.stringify({ result, sent }));
  }
  const [first] = seen.values();
  for (const [kind, what] of seen) assert.equal(what, first, kind);
  assert.match(first ?? "", /sign_in_throttles/);
});

test("asking for a new password does the same work and gets the same answer, headers included, whatever there is", async () => {
  const seen = new Map<string, string>();
  const kinds = await everyKind();
  for (const [kind, email] of Object.entries(kinds)) {
    const { result, statements: sent } = await during(() =>
      browser(place()).send("POST", "/password-resets", { email }),
    );
    assert.equal(result.status, 204, kind);
    seen.set(kind, JSON.stringify({ result, sent }));
  }
  const [first] = seen.values();
  for (const [kind, what] of seen) assert.equal(what, first, kind);
  assert.ok(!first?.includes('"users"'), "nobody has looked for the account before the answer");
  for (const [kind, expected] of [
    ["unknown", 0],
    ["usual", 1],
    ["disabled", 0],
    ["without a password", 1],
    ["unproven", 1],
  ] as const) {
    assert.equal((await post.take(kinds[kind] as string)).length, expected, kind);
  }
});

test("asking for another address does the same work whether an account has it or not", async () => {
  const taken = (await newPerson()).email;
  const seen = new Map<string, string>();
  for (const email of [taken, "free@people.example"]) {
    const { browser: own } = await newPerson();
    const { result, statements: sent } = await during(() =>
      own.send("POST", "/me/email", { email, password: "tangerine quilt zeppelin morse" }),
    );
    assert.equal(result.status, 202);
    seen.set(email, JSON.stringify(sent));
  }
  const [first, second] = seen.values();
  assert.equal(first, second);
});
