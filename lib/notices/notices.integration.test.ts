import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, test } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { database } from "#lib/db/client.ts";
import { withSoleRight } from "#lib/db/sole.ts";
import { createMailer, type Mail } from "#lib/mail/mailer.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { mailServer } from "#tests/harness/mail-server.ts";
import { sendKeyNotices } from "./send.ts";
import { startKeyNotices } from "./sender.ts";

const DAY = 86_400_000;
const start = new Date();
const inDays = (days: number) => new Date(start.getTime() + days * DAY);

let plane: ControlPlane;
let first: TenantActor;
let second: TenantActor;
before(async () => {
  plane = await controlPlane();
  ({ actor: first } = await plane.tenant("first"));
  ({ actor: second } = await plane.tenant("second"));
});
after(() => plane.close());
afterEach(() =>
  withClient(plane.database.superuserUrl, (client) => client.query("TRUNCATE key_notices, api_keys CASCADE")),
);

type Key = { of?: TenantActor; name: string; ends: number; revoked?: boolean; replaced?: boolean };
async function addKey({ of = first, name, ends, revoked = false, replaced = false }: Key): Promise<void> {
  await withClient(plane.database.superuserUrl, (client) =>
    client.query(
      `INSERT INTO api_keys (id, tenant_id, name, key_hash, prefix, last_four, created_by_label, created_at,
                             expires_at, revoked_at, rotated_at, grace_ends_at)
       VALUES (gen_random_uuid(), $1, $2::text, sha256(convert_to($2::text, 'UTF8')), 'gh_abcdef', 'wxyz', 'x', now() - interval '1 year', $3,
               CASE WHEN $4 THEN now() END, CASE WHEN $5 THEN now() END,
               CASE WHEN $5 THEN now() + interval '1 day' END)`,
      [of.tenant.id, name, inDays(ends), revoked, replaced],
    ),
  );
}

const failures: string[] = [];
async function run(now: Date, send: (notice: Mail) => Promise<unknown>) {
  failures.length = 0;
  return sendKeyNotices({
    now,
    consoleUrl: "https://console.example",
    send,
    onFailure: (_, tenantId) => failures.push(tenantId),
  });
}
async function sentAt(now: Date): Promise<Mail[]> {
  const notices: Mail[] = [];
  await run(now, async (notice) => notices.push(notice));
  return notices;
}

test("the owners of each tenant are told once for 30, 7 and 1 days, of their own keys only", async () => {
  const other = await plane.member(first, "owner");
  await plane.member(first, "admin");
  await addKey({ name: "Ends in 40", ends: 40 });
  await addKey({ name: "Revoked", ends: 5, revoked: true });
  await addKey({ name: "Replaced", ends: 5, replaced: true });
  await addKey({ name: "Gone", ends: -1 });
  await addKey({ of: second, name: "Of the second", ends: 20 });

  const early = await sentAt(start);
  assert.deepEqual(
    early.map(({ to }) => to),
    [[second.email]],
  );
  assert.deepEqual(await sentAt(start), [], "the same again");
  for (const [day, subject] of [
    [10.5, "1 API key of first expires within 30 days"],
    [33.5, "1 API key of first expires within 7 days"],
    [39.5, "1 API key of first expires within 1 day"],
  ] as const) {
    const notices = (await sentAt(inDays(day))).filter(({ to }) => to.includes(first.email));
    assert.deepEqual(
      notices.map((notice) => notice.subject),
      [subject],
    );
    assert.deepEqual(notices[0]?.to, [first.email, other.email].sort());
    assert.match(notices[0]?.text ?? "", /Ends in 40 \(gh_abcdef…wxyz\)/);
    assert.doesNotMatch(notices[0]?.text ?? "", /Revoked|Replaced|Gone|second/);
    assert.deepEqual(await sentAt(inDays(day)), [], "the same again");
  }
  assert.deepEqual(await sentAt(inDays(41)), []);
});

test("after a long silence a key is announced once, for the shortest time that has come", async () => {
  await addKey({ name: "Late", ends: 0.5 });
  assert.equal((await sentAt(start)).length, 1);
  assert.deepEqual(await sentAt(start), []);
});

test("a notice that could not be sent is sent with the next run, and keeps no other tenant from theirs", async () => {
  await addKey({ name: "One", ends: 3 });
  await addKey({ of: second, name: "Two", ends: 3 });
  const sent = await run(start, async ({ to }) => {
    if (to.includes(first.email)) throw new Error("421 later");
  });
  assert.equal(sent, 1);
  assert.deepEqual(failures, [first.tenant.id]);
  assert.deepEqual(
    (await sentAt(start)).map(({ to }) => to.includes(first.email)),
    [true],
  );
});

test("a crash after sending and before noting it repeats that notice, once", async () => {
  await addKey({ name: "Twice", ends: 3 });
  const notices: Mail[] = [];
  await withClient(plane.database.superuserUrl, async (client) => {
    await client.query("REVOKE INSERT ON key_notices FROM gatehouse_console");
    try {
      await run(start, async (notice) => notices.push(notice));
    } finally {
      await client.query("GRANT INSERT ON key_notices TO gatehouse_console");
    }
  });
  assert.equal(failures.length, 1);
  await run(start, async (notice) => notices.push(notice));
  await run(start, async (notice) => notices.push(notice));
  assert.equal(notices.length, 2);
});

test("while one process sends, another does not", async () => {
  await addKey({ name: "Sole", ends: 3 });
  await withSoleRight("keyNotices", async () => {
    assert.equal(await run(start, async () => assert.fail("sent")), null);
  });
  assert.equal((await sentAt(start)).length, 1);
});

test("what is asked across tenants answers with ids of tenants, to the console alone", async () => {
  await addKey({ of: second, name: "Asked", ends: 3 });
  const rows = await database().$queryRaw`SELECT * FROM tenants_with_key_notices(now())`;
  assert.deepEqual(rows, [{ tenants_with_key_notices: second.tenant.id }]);
  for (const url of [plane.database.gatewayUrl, plane.database.workerUrl]) {
    await withClient(url, (client) =>
      assert.rejects(client.query("SELECT tenants_with_key_notices(now())"), { code: "42501" }),
    );
  }
});

test("a started sender hands the mail to the mail server at once, and stops when asked", async () => {
  await addKey({ name: "Partner Ünal", ends: 3 });
  const mail = await mailServer();
  const lines: string[] = [];
  const sender = startKeyNotices({
    smtpUrl: mail.url,
    from: "gatehouse@console.example",
    consoleUrl: "https://console.example",
    log: ({ msg }) => lines.push(msg),
    now: () => start,
  });
  await sender.stop();
  mail.server.close();
  assert.deepEqual(lines, ["sent notices of expiring keys"]);
  assert.equal(mail.mails.length, 1);
  assert.match(mail.mails[0] ?? "", /^Subject: 1 API key of first expires within 3 days\r$/m);
  assert.match(mail.envelopes.join("\n"), /^MAIL FROM:<gatehouse@console\.example>/);
  assert.ok(mail.envelopes.join("\n").includes(`RCPT TO:<${first.email}>`));
});

test("a mail server that is not there is logged without its address, and the notice waits", async () => {
  await addKey({ name: "Waiting", ends: 3 });
  const gone = await mailServer();
  gone.server.close();
  await once(gone.server, "close");
  const lines: unknown[] = [];
  const sender = startKeyNotices({
    smtpUrl: gone.url.replace("//", "//user:hunter2@"),
    from: "gatehouse@console.example",
    consoleUrl: "https://console.example",
    log: (line) => lines.push(line),
    now: () => start,
  });
  await sender.stop();
  assert.equal(lines.length, 1);
  assert.doesNotMatch(JSON.stringify(lines), /hunter2|127\.0\.0\.1/);
  assert.equal((await sentAt(start)).length, 1);
});

test("a mailer can be closed before it has sent anything", () =>
  createMailer("smtp://127.0.0.1:1", "a@b.example").close());
