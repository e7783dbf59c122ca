import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import test, { after, before, beforeEach } from "node:test";
import { fileURLToPath } from "node:url";
import type { Worker } from "#data-plane/worker/worker.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { type JobsWorld, jobsWorld } from "#tests/harness/jobs.ts";
import { goodSignatures, type Received, type Receiver, startReceiver } from "#tests/harness/receiver.ts";
import {
  addEndpoint,
  addTenant,
  attemptsOf,
  deliveriesOf,
  ENCRYPTION_KEY,
  makeDue,
  OUTBOUND,
  type TestEndpoint,
} from "#tests/harness/webhooks.ts";
import { createOutbox } from "./outbox.ts";

let world: JobsWorld;
let receiver: Receiver;
let worker: Worker;
before(async () => {
  world = await jobsWorld();
  worker = await world.worker({ outbound: OUTBOUND });
});
after(() => world.close());

/** Each test has a tenant and a receiver of its own. */
let tenantId: string;
let tenants = 0;
beforeEach(async (context) => {
  tenants += 1;
  tenantId = await addTenant(world, `tenant-${tenants}`);
  receiver = await startReceiver();
  // biome-ignore lint/suspicious/noExplicitAny: the runner's own type names no `after` here
  (context as any).after(() => receiver.close());
});

const add = (fields: Parameters<typeof addEndpoint>[1] extends infer Fields ? Partial<Fields> : never = {}) =>
  addEndpoint(world, { tenantId, url: receiver.url, ...fields });
const enqueue = (name: string, overrides: object = {}) =>
  world.enqueue(name, { tenantId, maxAttempts: 1, ...overrides });
const settled = (endpoint: TestEndpoint, state: string, count = 1) =>
  eventually(`${count} × ${state}`, async () => {
    const rows = (await deliveriesOf(world, endpoint)).filter((row) => row.state === state);
    return rows.length >= count ? rows : null;
  });
const endpointRow = async ({ id }: TestEndpoint) =>
  (await world.superuser.query("SELECT * FROM webhook_endpoints WHERE id = $1", [id])).rows[0];

/** A delivery as the outbox writes it, without a job. */
const put = (endpoint: TestEndpoint, count = 1) =>
  world.superuser.query(
    `INSERT INTO webhook_deliveries (id, tenant_id, endpoint_id, event_id, event_type, body, max_attempts)
     SELECT gen_random_uuid(), $1, $2, 'evt_' || n, 'webhook.test', '{}', 10 FROM generate_series(1, $3) n`,
    [tenantId, endpoint.id, count],
  );

test("a job's success and its death are told, signed, without what went in or came out", async () => {
  const endpoint = await add();
  const good = await enqueue("echo", { input: { password: "hunter2" } });
  const bad = await enqueue("fails", { input: { password: "hunter2" } });
  await settled(endpoint, "delivered", 2);
  const told = new Map(receiver.received.map((one) => [JSON.parse(one.body).data.jobId, one]));
  for (const [jobId, type, status] of [
    [good, "job.succeeded", "succeeded"],
    [bad, "job.dead", "dead"],
  ] as const) {
    const one = told.get(jobId) as Received;
    assert.equal(await goodSignatures(one, endpoint.secret), 1);
    assert.equal(await goodSignatures({ ...one, body: `${one.body} ` }, endpoint.secret), 0);
    const event = JSON.parse(one.body);
    assert.deepEqual([event.type, event.data.status, event.data.attempts], [type, status, 1]);
    const { finished_at } = await world.job(jobId);
    assert.equal(event.timestamp, (finished_at as Date).toISOString());
    assert.equal(one.body.includes("hunter2"), false);
    assert.equal(one.headers["content-type"], "application/json");
  }
  assert.match(JSON.parse(told.get(bad)?.body ?? "").data.error.message, /cannot read row 1/);
});

test("what a tenant masks, and what everybody does, is masked in the error that is told", async () => {
  const endpoint = await add();
  await world.superuser.query(
    "INSERT INTO job_mask_rules (tenant_id, path, pattern) VALUES ($1, 'customer.iban', '^x$'), ($2, 'row', '^x$')",
    [tenantId, world.tenantId],
  );
  const words = 'no login with password=hunter2 iban=DE02 row=7 {"iban": "DE03"}';
  await enqueue("complains", { input: { words } });
  await settled(endpoint, "delivered");
  const { message } = JSON.parse(receiver.received[0]?.body ?? "").data.error;
  assert.equal(message, 'no login with password=••• iban=••• row=7 {"iban": "•••"}');
});

test("nobody is told of another tenant's job, of another function, or of what was not asked for", async () => {
  const other = await addTenant(world, `elsewhere-${tenants}`);
  const theirs = await add({ tenantId: other });
  const onlyEcho = await add({ functions: ["echo"] });
  const onlyDeath = await add({ events: ["job.dead"] });
  await enqueue("recovers", { maxAttempts: 3 });
  await enqueue("echo");
  await enqueue("fails");
  await settled(onlyDeath, "delivered");
  await settled(onlyEcho, "delivered");
  assert.equal((await deliveriesOf(world, theirs)).length, 0);
  assert.deepEqual((await deliveriesOf(world, onlyEcho)).length, 1);
  assert.deepEqual(
    (await deliveriesOf(world, onlyDeath)).map((row) => row.event_type),
    ["job.dead"],
  );
});

test("a job that is retried and dies again is another event; the same end is told once", async () => {
  const endpoint = await add({ events: ["job.dead"] });
  const id = await enqueue("fails");
  const [first] = await settled(endpoint, "delivered");
  await world.superuser.query(
    "UPDATE jobs SET state = 'queued', max_attempts = 2, dispatch = dispatch + 1, run_at = now() - interval '1 minute', finished_at = NULL WHERE id = $1",
    [id],
  );
  const [, second] = await settled(endpoint, "delivered", 2);
  assert.notEqual(first?.event_id, second?.event_id);
  const outbox = createOutbox();
  const client = await worker.pool.connect();
  const { rows } = await world.superuser.query("SELECT * FROM jobs WHERE id = $1", [id]);
  const ended = { ...rows[0], tenantId, attempt: 2, state: "dead", error: null } as never;
  await outbox(client, [ended]);
  client.release();
  assert.equal((await deliveriesOf(world, endpoint)).length, 2);
});

test("a failed attempt is tried again after the schedule, under the same id, and a success ends it", async () => {
  const endpoint = await add();
  receiver.behave((response) =>
    response.writeHead(500, { "content-type": "text/plain" }).end("out of order\u0000"),
  );
  await enqueue("echo");
  const [failed] = await eventually("an attempt", async () => {
    const rows = await attemptsOf(world, endpoint);
    return rows.length > 0 ? rows : null;
  });
  assert.deepEqual(
    [failed?.status, failed?.error, failed?.response],
    [500, "The answer was 500.", "out of order"],
  );
  const [waiting] = await deliveriesOf(world, endpoint);
  const wait = (waiting?.next_at.getTime() ?? 0) - Date.now();
  assert.equal(waiting?.state, "waiting");
  assert.ok(wait > 2_000 && wait < 6_000, String(wait));
  assert.ok((await endpointRow(endpoint)).failing_since);
  receiver.behave((response) => response.writeHead(200).end("ok"));
  await makeDue(world, endpoint);
  await settled(endpoint, "delivered");
  assert.equal((await endpointRow(endpoint)).failing_since, null);
  assert.equal(receiver.received[0]?.headers["webhook-id"], receiver.received[1]?.headers["webhook-id"]);
  assert.equal(receiver.received[0]?.body, receiver.received[1]?.body);
});

test("Retry-After is waited for, and the last attempt ends as failed", async () => {
  const endpoint = await add();
  receiver.behave((response) => response.writeHead(429, { "retry-after": "3600" }).end());
  await put(endpoint);
  await eventually("an attempt", async () => (await attemptsOf(world, endpoint)).length > 0);
  const [waiting] = await deliveriesOf(world, endpoint);
  assert.ok((waiting?.next_at.getTime() ?? 0) - Date.now() > 3_500_000);
  await world.superuser.query("UPDATE webhook_deliveries SET attempts = 9 WHERE id = $1", [waiting?.id]);
  await makeDue(world, endpoint);
  const [failed] = await settled(endpoint, "failed");
  assert.equal(failed?.attempts, 10);
});

test("a redirect is not followed, an answer without an end is cut off, and neither is waited for", async () => {
  const redirected = await add();
  const endless = await add();
  const elsewhere = await startReceiver();
  receiver.behave((response) => {
    response.writeHead(302, { location: elsewhere.url }).end();
  });
  await put(redirected);
  const [attempt] = await eventually("an attempt", async () => {
    const rows = await attemptsOf(world, redirected);
    return rows.length > 0 ? rows : null;
  });
  assert.match(attempt?.error ?? "", /302; redirects are not followed/);
  assert.equal(elsewhere.received.length, 0);
  await elsewhere.close();
  let written = 0;
  receiver.behave((response) => {
    response.writeHead(200);
    const more = (): void => {
      if (response.destroyed) return;
      written += 65_536;
      if (response.write("x".repeat(65_536))) setImmediate(more);
      else response.once("drain", more);
    };
    more();
  });
  await put(endless);
  await settled(endless, "delivered");
  const [long] = await attemptsOf(world, endless);
  assert.equal(long?.response, "x".repeat(512));
  assert.ok(written < 50_000_000, String(written));
});

test("a receiver that is down is a failed attempt with its reason", async () => {
  const down = await add({ url: "http://127.0.0.1:1/hook" });
  await put(down);
  await eventually("an attempt", async () => (await attemptsOf(world, down)).length > 0);
  assert.equal((await attemptsOf(world, down))[0]?.error, "The host refused the connection.");
});

test("receivers that hang do not hold up one that answers", async () => {
  const hanging = await Promise.all(Array.from({ length: 3 }, () => add({ url: `${receiver.url}/hang` })));
  const good = await add();
  receiver.behave((response, { path }) => {
    if (!path.endsWith("/hang")) response.writeHead(204).end();
  });
  for (const endpoint of hanging) await put(endpoint, 50);
  await eventually("hanging ones under way", () => receiver.received.length >= 24);
  await put(good, 5);
  await settled(good, "delivered", 5);
  const open = receiver.received.filter(({ path }) => path.endsWith("/hang"));
  assert.equal(open.length, 24, "eight to each");
  await world.superuser.query(
    "UPDATE webhook_endpoints SET enabled = false, disabled_reason = 'person', disabled_at = now() WHERE tenant_id = $1",
    [tenantId],
  );
});

test("410 ends it at once: the endpoint is disabled, and the tenant's others are told", async () => {
  const endpoint = await add();
  const chat = await add({ kind: "chat", url: `${receiver.url}/chat`, events: ["alert.opened"] });
  receiver.behave((response, { path }) => {
    response.writeHead(path.endsWith("/chat") ? 200 : 410).end();
  });
  await put(endpoint);
  await settled(endpoint, "failed");
  const row = await endpointRow(endpoint);
  assert.deepEqual([row.enabled, row.disabled_reason], [false, "gone"]);
  await settled(chat, "delivered");
  const said = receiver.received.find(({ path }) => path.endsWith("/chat"));
  assert.match(JSON.parse(said?.body ?? "").text, /Webhook to 127\.0\.0\.1:\d+ disabled/);
  assert.equal(said?.headers["webhook-signature"], undefined);
  const { rows } = await world.superuser.query(
    "SELECT kind, resolved_at FROM alerts WHERE endpoint_id = $1",
    [endpoint.id],
  );
  assert.deepEqual(rows, [{ kind: "webhook_disabled", resolved_at: null }]);
});

test("an endpoint that has failed for days is given up, one that has failed for hours is not", async () => {
  receiver.behave((response) => response.writeHead(503).end());
  for (const [days, enabled] of [
    [4, true],
    [6, false],
  ] as const) {
    const endpoint = await add();
    await world.superuser.query(
      "UPDATE webhook_endpoints SET failing_since = now() - $2 * interval '1 day' WHERE id = $1",
      [endpoint.id, days],
    );
    await put(endpoint);
    await eventually("an attempt", async () => (await attemptsOf(world, endpoint)).length > 0);
    const row = await endpointRow(endpoint);
    assert.deepEqual([row.enabled, row.disabled_reason], [enabled, enabled ? null : "failing"]);
  }
});

test("while a secret is being replaced both sign, and after that the new one alone", async () => {
  const endpoint = await add();
  const { rows } = await world.superuser.query(
    "SELECT secret, secret_key_id FROM webhook_endpoints WHERE id = $1",
    [endpoint.id],
  );
  await world.superuser.query(
    "UPDATE webhook_endpoints SET previous_secret = $2, previous_secret_key_id = $3, previous_until = now() + interval '1 hour' WHERE id = $1",
    [endpoint.id, rows[0].secret, rows[0].secret_key_id],
  );
  await put(endpoint);
  await settled(endpoint, "delivered");
  assert.equal(await goodSignatures(receiver.received[0] as Received, endpoint.secret), 2);
  await world.superuser.query("UPDATE webhook_endpoints SET previous_until = now() WHERE id = $1", [
    endpoint.id,
  ]);
  await world.superuser.query(
    `INSERT INTO webhook_deliveries (id, tenant_id, endpoint_id, event_id, event_type, body, max_attempts)
     VALUES ($1, $2, $3, 'evt_later', 'webhook.test', '{}', 10)`,
    [uuidv7(), tenantId, endpoint.id],
  );
  await settled(endpoint, "delivered", 2);
  assert.equal(await goodSignatures(receiver.received[1] as Received, endpoint.secret), 1);
});

test("two workers deliver everything once between them", async () => {
  const second = await world.worker({ outbound: OUTBOUND });
  const endpoint = await add();
  receiver.behave((response) => setTimeout(() => response.writeHead(204).end(), 3));
  await put(endpoint, 300);
  await settled(endpoint, "delivered", 300);
  const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
  assert.equal(ids.length, 300);
  assert.equal(new Set(ids).size, 300);
  const { rows } = await world.superuser.query(
    "SELECT DISTINCT a.worker_id FROM webhook_attempts a JOIN webhook_deliveries d ON d.id = a.delivery_id WHERE d.endpoint_id = $1",
    [endpoint.id],
  );
  assert.ok(rows.length === 2, "both took part");
  await second.stop();
});

test("what a worker was killed over is delivered by another, and its lost attempt is shown", async () => {
  await worker.stop();
  const endpoint = await add();
  let arrived = 0;
  receiver.behave((response) => {
    arrived += 1;
    if (arrived > 1) response.writeHead(204).end();
  });
  const file = fileURLToPath(new URL("../../../tests/harness/doomed-worker.ts", import.meta.url));
  const doomed = spawn(process.execPath, [file, world.database.workerUrl, world.functions], {
    env: { ...process.env, GATEHOUSE_ENCRYPTION_KEY: ENCRYPTION_KEY, ALLOW_INTERNAL_UPSTREAMS: "1" },
    stdio: "inherit",
  });
  await put(endpoint);
  await eventually("it is under way", () => arrived === 1);
  doomed.kill("SIGKILL");
  await once(doomed, "exit");
  worker = await world.worker({ outbound: OUTBOUND });
  await makeDue(world, endpoint);
  await settled(endpoint, "delivered");
  const attempts = await attemptsOf(world, endpoint);
  assert.deepEqual(
    attempts.map(({ number, status, error }) => [number, status, error]),
    [
      [1, null, "The worker stopped before this attempt had an outcome."],
      [2, 204, null],
    ],
  );
  assert.equal(receiver.received[0]?.headers["webhook-id"], receiver.received[1]?.headers["webhook-id"]);
});

test("a worker that stops lets go of a receiver that hangs, and the delivery is due at once", async () => {
  const endpoint = await add();
  receiver.behave(() => undefined);
  await put(endpoint);
  await eventually("it is under way", () => receiver.received.length === 1);
  await worker.stop();
  const [waiting] = await deliveriesOf(world, endpoint);
  assert.equal(waiting?.state, "waiting");
  assert.equal((await attemptsOf(world, endpoint))[0]?.error, "The worker was stopped meanwhile.");
  assert.equal((await endpointRow(endpoint)).failing_since, null, "the receiver is not to blame");
  receiver.behave((response) => response.writeHead(204).end());
  worker = await world.worker({ outbound: OUTBOUND });
  await settled(endpoint, "delivered");
});

test("without the key to its secret nothing is sent, the attempt says so, and the receiver is not blamed", async () => {
  await worker.stop();
  const endpoint = await add();
  const keyless = await world.worker({ outbound: { ...OUTBOUND, keyring: [] } });
  await put(endpoint);
  await eventually("an attempt", async () => (await attemptsOf(world, endpoint)).length > 0);
  await keyless.stop();
  const [attempt] = await attemptsOf(world, endpoint);
  assert.match(attempt?.error ?? "", /GATEHOUSE_ENCRYPTION_KEY is not set/);
  assert.equal((await endpointRow(endpoint)).failing_since, null);
  assert.equal(receiver.received.length, 0);
  const guarded = await world.worker({ outbound: { ...OUTBOUND, allowInternal: false } });
  const inside = await add();
  await put(inside);
  await eventually("an attempt", async () => (await attemptsOf(world, inside)).length > 0);
  await guarded.stop();
  assert.equal((await attemptsOf(world, inside))[0]?.error, "This address is inside the network.");
  assert.equal(receiver.received.length, 0);
});

test("a tenant that nobody listens to costs one question a second, and a job's deliveries go with it", async () => {
  const questions: string[] = [];
  const counting = {
    async query({ name }: { name: string }) {
      questions.push(name);
      return { rows: [] };
    },
  };
  const outbox = createOutbox();
  const job = { id: uuidv7(), tenantId: uuidv7(), function: "echo", state: "succeeded", attempt: 1 };
  for (let batch = 0; batch < 100; batch++) await outbox(counting as never, [job as never]);
  await outbox(counting as never, [{ ...job, tenantId: uuidv7(), state: "retrying" } as never]);
  assert.deepEqual(questions, ["endpoints-to-tell"]);

  worker = await world.worker({ outbound: OUTBOUND });
  const endpoint = await add();
  const id = await enqueue("echo");
  await settled(endpoint, "delivered");
  await world.superuser.query("DELETE FROM jobs WHERE id = $1", [id]);
  assert.equal((await deliveriesOf(world, endpoint)).length, 0);
});
