import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { TenantActor } from "#lib/access/actor.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { openSecret, readKeyring, webhookSecretBinding } from "#lib/secrets/sealed-secret.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import {
  createEndpoint,
  deleteEndpoint,
  editEndpoint,
  redeliver,
  rotateEndpoint,
  testEndpoint,
} from "./commands.ts";
import { getDelivery, getEndpoint, listDeliveries, listEndpoints } from "./queries.ts";
import { MAX_ENDPOINTS } from "./rules.ts";
import { editedEndpointSchema, newEndpointSchema } from "./schema.ts";

let plane: ControlPlane;
let actor: TenantActor;
let tenants = 0;
before(async () => {
  plane = await controlPlane();
});
after(() => plane.close());
test.beforeEach(async () => {
  tenants += 1;
  ({ actor } = await plane.tenant(`acme-${tenants}`));
});

const URL_ = "https://hooks.example/jobs";
const CHAT = "https://hooks.chat.example/services/T000/B000/verysecretpart";
const create = (fields: object = {}) =>
  createEndpoint(actor, newEndpointSchema.parse({ url: URL_, events: ["job.dead"], ...fields }));
const edit = (id: string, version: number, fields: object) =>
  editEndpoint(actor, { ...editedEndpointSchema.parse(fields), id, version });
const query = async (sql: string, values: unknown[] = []) =>
  (await withClient(plane.database.superuserUrl, (client) => client.query(sql, values))).rows;
const fails = (code: string, work: Promise<unknown>, words = /./) =>
  assert.rejects(work, (error: DomainError) => {
    assert.ok(error instanceof DomainError, String(error));
    assert.equal(error.code, code);
    assert.match(`${error.message} ${error.details.map(({ path, message }) => `${path} ${message}`)}`, words);
    return true;
  });

test("a signing secret is in the answer that makes it and nowhere else, and so is the one that replaces it", async () => {
  const made = await create();
  const rotated = await rotateEndpoint(actor, { id: made.id, overlapHours: 2 });
  assert.match(made.secret ?? "", /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.notEqual(made.secret, rotated.secret);
  assert.ok(rotated.overlapUntil);
  const rest = JSON.stringify([
    await listEndpoints(actor, { limit: 25 }),
    await getEndpoint(actor, { id: made.id }),
  ]);
  const rows = await query("SELECT w::text AS text FROM webhook_endpoints w");
  const audit = await query("SELECT a::text AS text FROM audit_entries a WHERE target_id = $1", [made.id]);
  assert.equal(audit.length, 2);
  for (const secret of [made.secret ?? "", rotated.secret ?? ""]) {
    const hex = Buffer.from(secret.slice(6), "base64").toString("hex");
    for (const text of [rest, ...rows.map((row) => row.text), ...audit.map((row) => row.text)]) {
      assert.equal(text.includes(secret.slice(6)) || text.includes(hex), false);
    }
  }
  const [row] = await query("SELECT * FROM webhook_endpoints WHERE id = $1", [made.id]);
  const open = (sealed: Buffer, keyId: string) =>
    openSecret(
      readKeyring(process.env.GATEHOUSE_ENCRYPTION_KEY),
      { sealed, keyId },
      webhookSecretBinding(actor.tenant.id, made.id),
    ).toString("base64");
  assert.equal(`whsec_${open(row.secret, row.secret_key_id)}`, rotated.secret);
  assert.equal(`whsec_${open(row.previous_secret, row.previous_secret_key_id)}`, made.secret);
  await rotateEndpoint(actor, { id: made.id, overlapHours: 0 });
  const [after] = await query("SELECT previous_secret FROM webhook_endpoints WHERE id = $1", [made.id]);
  assert.equal(after.previous_secret, null, "no overlap: the old secret is gone at once");
});

test("a chat's address is shown by its host and its end only, also after it was changed", async () => {
  const made = await create({ kind: "chat", url: CHAT, events: ["alert.opened"] });
  assert.deepEqual([made.secret, made.url], [null, "https://hooks.chat.example/…part"]);
  const changed = await edit(made.id, made.version, { url: `${CHAT}2` });
  assert.equal(changed.url, "https://hooks.chat.example/…art2");
  const rows = await query(
    "SELECT w::text AS text FROM webhook_endpoints w UNION ALL SELECT a::text FROM audit_entries a",
  );
  for (const { text } of rows) {
    assert.equal(text.includes("verysecret"), false);
    assert.equal(text.includes(Buffer.from(CHAT).toString("hex").slice(0, 60)), false);
  }
  await fails(
    "conflict",
    rotateEndpoint(actor, { id: made.id, overlapHours: 1 }),
    /its address is the secret/,
  );
  await fails("invalid_input", edit(made.id, changed.version, { events: ["job.dead"] }), /alerts only/);
});

test("addresses that could lead inside, carry credentials or run over an open line are refused, each at its field", async () => {
  for (const url of [
    "https://127.0.0.1/x",
    "https://localhost/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/",
    "https://2130706433/",
    "https://10.0.0.8/",
    "https://metadata.google.internal/",
    "https://intranet/",
    "http://hooks.example/",
  ]) {
    await fails("invalid_input", create({ url }), /url (points inside|must begin with https)/);
  }
  for (const url of [
    "https://user:password@hooks.example/",
    "https://user@hooks.example/",
    "ftp://hooks.example/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://hooks.example/#fragment",
    "https://hooks.example/a b",
    "https://hooks.example/\u0000",
    "not a url",
    "",
    `https://hooks.example/${"a".repeat(2_100)}`,
  ]) {
    const parsed = newEndpointSchema.safeParse({ url, events: ["job.dead"] });
    assert.ok(
      parsed.error?.issues.some((issue) => issue.path[0] === "url"),
      url.slice(0, 60),
    );
  }
  for (const [fields, path] of [
    [{ events: [] }, "events"],
    [{ events: ["job.queued"] }, "events"],
    [{ functions: ["Not A Function"] }, "functions"],
    [{ functions: Array(51).fill("f") }, "functions"],
    [{ kind: "chat" }, "events"],
    [{ description: "a".repeat(201) }, "description"],
  ] as const) {
    const parsed = newEndpointSchema.safeParse({ url: URL_, events: ["job.dead"], ...fields });
    assert.ok(
      parsed.error?.issues.some((issue) => issue.path[0] === path),
      path,
    );
  }
  process.env.ALLOW_INTERNAL_UPSTREAMS = "1";
  const inside = await create({ url: "http://127.0.0.1:9/x" });
  await fails("invalid_input", create({ url: "http://hooks.example/" }), /must begin with https/);
  delete process.env.ALLOW_INTERNAL_UPSTREAMS;
  assert.equal(inside.url, "http://127.0.0.1:9/x");
  assert.equal((await listEndpoints(actor, { limit: 25 })).data.length, 1, "nothing else was made");
});

test("thirty that come at once leave a tenant with twenty", async () => {
  const made = await Promise.allSettled(Array.from({ length: 30 }, () => create()));
  assert.equal(made.filter(({ status }) => status === "fulfilled").length, MAX_ENDPOINTS);
  await fails("conflict", create(), /20 webhooks at most/);
});

test("without the encryption key none is made, and it says whose turn it is; one that is there says what is wrong", async () => {
  const made = await create();
  const key = process.env.GATEHOUSE_ENCRYPTION_KEY;
  delete process.env.GATEHOUSE_ENCRYPTION_KEY;
  await fails("unavailable", create(), /GATEHOUSE_ENCRYPTION_KEY is not set.*the workers/);
  assert.match((await getEndpoint(actor, { id: made.id })).problem ?? "", /GATEHOUSE_ENCRYPTION_KEY/);
  process.env.GATEHOUSE_ENCRYPTION_KEY = key ?? "";
  assert.equal((await getEndpoint(actor, { id: made.id })).problem, null);
});

test("switching off calls off what is on its way, which can be sent again once it is on", async () => {
  const made = await create();
  const sent = await testEndpoint(actor, { id: made.id });
  await fails("conflict", testEndpoint(actor, { id: made.id }), /on its way already/);
  await fails("conflict", redeliver(actor, { id: sent.id }), /on its way already/);
  const off = await edit(made.id, made.version, { enabled: false });
  assert.deepEqual([off.enabled, off.disabledReason], [false, "person"]);
  assert.equal((await getDelivery(actor, { id: sent.id })).state, "cancelled");
  await fails("conflict", testEndpoint(actor, { id: made.id }), /enable it first/);
  await fails("conflict", redeliver(actor, { id: sent.id }), /enable it first/);
  await fails("conflict", edit(made.id, made.version, { enabled: true }), /current version is 2/);
  const on = await edit(made.id, off.version, { enabled: true });
  assert.deepEqual(await edit(made.id, on.version, { enabled: true, url: URL_ }), on, "nothing to change");
  const again = await redeliver(actor, { id: sent.id });
  assert.deepEqual([again.state, again.eventId], ["waiting", sent.eventId]);
  const { data } = await listDeliveries(actor, { id: made.id, limit: 25 });
  assert.deepEqual(
    data.map(({ id }) => id),
    [sent.id],
  );
});

test("what waits for its next attempt can be sent at once, what is being sent cannot, and neither loses its place", async () => {
  const made = await create();
  const { id } = await testEndpoint(actor, { id: made.id });
  const attempt = (number: number) =>
    query(
      `INSERT INTO webhook_attempts (delivery_id, tenant_id, number, worker_id, started_at, duration_ms, status, error)
       VALUES ($1, $2, $3, gen_random_uuid(), now(), 5, 500, 'The answer was 500.')`,
      [id, actor.tenant.id, number],
    );
  await attempt(1);
  await query(
    "UPDATE webhook_deliveries SET attempts = 1, next_at = now() + interval '5 hours' WHERE id = $1",
    [id],
  );
  assert.notEqual((await getDelivery(actor, { id })).nextAt, null);
  await redeliver(actor, { id });
  const due = "SELECT next_at <= now() AS due, round_start FROM webhook_deliveries WHERE id = $1";
  assert.deepEqual(await query(due, [id]), [{ due: true, round_start: 0 }]);

  // A worker takes it: an attempt is under way until it is written down.
  await query(
    "UPDATE webhook_deliveries SET attempts = 2, next_at = now() + interval '1 minute' WHERE id = $1",
    [id],
  );
  assert.equal((await getDelivery(actor, { id })).nextAt, null, "a lease is no next attempt");
  await fails("conflict", redeliver(actor, { id }), /on its way already/);
  assert.deepEqual(await query(due, [id]), [{ due: false, round_start: 0 }]);
});

test("deleting erases the secret, calls off what waits and keeps the log", async () => {
  const made = await create();
  const sent = await testEndpoint(actor, { id: made.id });
  await deleteEndpoint(actor, { id: made.id, version: null });
  const [row] = await query("SELECT secret, enabled FROM webhook_endpoints WHERE id = $1", [made.id]);
  assert.deepEqual(row, { secret: null, enabled: false });
  const kept = await getDelivery(actor, { id: sent.id });
  assert.deepEqual([kept.state, kept.endpoint.deleted], ["cancelled", true]);
  await fails("not_found", getEndpoint(actor, { id: made.id }));
  await fails("not_found", deleteEndpoint(actor, { id: made.id, version: null }));
  await fails("conflict", redeliver(actor, { id: sent.id }), /was deleted/);
});

test("enabling or deleting ends what was said of an endpoint that had been given up", async () => {
  for (const act of [
    (id: string) => edit(id, 1, { enabled: true }),
    (id: string) => deleteEndpoint(actor, { id, version: null }),
  ]) {
    const made = await create();
    await query(
      `WITH off AS (UPDATE webhook_endpoints SET enabled = false, disabled_reason = 'gone', disabled_at = now()
         WHERE id = $1 RETURNING *)
       INSERT INTO alerts (id, tenant_id, endpoint_id, kind, name, summary, opened_at)
       SELECT gen_random_uuid(), tenant_id, id, 'webhook_disabled', 'n', 's', now() FROM off`,
      [made.id],
    );
    await act(made.id);
    const [alert] = await query("SELECT resolved_at FROM alerts WHERE endpoint_id = $1", [made.id]);
    assert.ok(alert.resolved_at);
  }
});
