import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import test, { after, before } from "node:test";
import { openPasswordReset, resetPassword } from "#lib/account/commands.ts";
import { database } from "#lib/db/client.ts";
import { signIn } from "#lib/sign-in/commands.ts";
import { whyNotPassword } from "#lib/sign-in/password-policy.ts";
import { NEXT_PASSWORD, newPerson } from "#tests/harness/account.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";

const ROOT = path.join(import.meta.dirname, "..");
const FROM = { ip: "192.0.2.1", userAgent: "" };

let plane: ControlPlane;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());

/** Runs a script as an operator does, with as little around it as it says it needs. */
async function run(script: string, given: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [path.join(ROOT, "scripts", script), ...given], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH ?? "",
      NODE_ENV: "test",
      CONSOLE_DATABASE_URL: plane.database.consoleUrl,
      CONSOLE_URL: "https://gate.example",
      ...environment,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output: output.trim() };
}

const create = (...given: string[]) => run("create-user.ts", given);
const passwordIn = (output: string) => / the password (\S+)$/.exec(output)?.[1] ?? assert.fail(output);

test("an account is made with a password that is good, printed once, and signs in; its address is vouched for", async () => {
  const { code, output } = await create(" First@People.example ", "Ada Lovelace");
  assert.equal(code, 0, output);
  const password = passwordIn(output);
  assert.equal(await whyNotPassword(password, { email: "first@people.example", name: "Ada Lovelace" }), null);
  const { userId } = await signIn({ email: "first@people.example", password }, FROM);
  const user = await database().user.findUniqueOrThrow({ where: { id: userId } });
  assert.ok(user.emailVerifiedAt);
  assert.deepEqual([user.name, user.isOperator], ["Ada Lovelace", false]);
});

test("an account that exists gets the new password and loses its sessions, and keeps its name", async () => {
  const person = await newPerson();
  const { output } = await create(person.email, "Somebody Else", "--operator");
  assert.equal((await person.browser.send("GET", "/me")).status, 401);
  const { userId } = await signIn({ email: person.email, password: passwordIn(output) }, FROM);
  const user = await database().user.findUniqueOrThrow({ where: { id: userId } });
  assert.deepEqual([user.name, user.isOperator], ["Ada Lovelace", true]);
});

test("a link from the command line sets a new password once, without any mail", async () => {
  const person = await newPerson();
  const { code, output } = await run("reset-password.ts", [person.email]);
  assert.equal(code, 0, output);
  const secret = /^https:\/\/gate\.example\/reset-password#(ghl_\S+)$/m.exec(output)?.[1] as string;
  const asking = { requestId: "r", ip: "" };
  assert.equal((await openPasswordReset({ secret })).email, person.email);
  await resetPassword({ secret, password: NEXT_PASSWORD }, asking);
  await assert.rejects(resetPassword({ secret, password: NEXT_PASSWORD }, asking));
  await signIn({ email: person.email, password: NEXT_PASSWORD }, FROM);
});

test("what cannot be done is said in one sentence, and nothing is made", async () => {
  const before = await database().user.count();
  for (const [outcome, words] of [
    [await create("\u0430da@people.example", "Ada"), /Say who/],
    [await create("a@people.example", "Ada", "--opertaor"), /Say who/],
    [await run("reset-password.ts", ["a@people.example", "more"]), /Say whose/],
    [await run("reset-password.ts", ["nobody@people.example"]), /No account/],
    [
      await run("reset-password.ts", ["a@people.example"], { CONSOLE_DATABASE_URL: "" }),
      /CONSOLE_DATABASE_URL/,
    ],
  ] as const) {
    assert.equal(outcome.code, 1, outcome.output);
    assert.match(outcome.output, words);
    assert.equal(outcome.output.split("\n").length, 1, outcome.output);
  }
  assert.equal(await database().user.count(), before);
});
