import { createHash } from "node:crypto";
import { loadavg } from "node:os";
import type pg from "pg";
import { createTallies } from "#data-plane/gateway/tallies.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import { startTestServer } from "#scripts/testing/server.ts";
import { controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { repeat } from "./statistics.ts";

/**
 * The management API of keys with a million of them in the installation and a tenth of that in one tenant: requests
 * given to the API's own dispatch in this process (authentication, schemas, row-level security and all, without the
 * socket), on a PostgreSQL that waits for the disk. `npm run bench:keys [-- KEYS_OF_THE_TENANT]`.
 */
const OURS = Number(process.argv[2] ?? 100_000);
const TENANTS_BESIDE = 9;
const TIMES = 200;
const SLUG = "bench-keys";

const server = await startTestServer({ durable: true });
process.env.TEST_DATABASE_SERVER_URL = server.url;
const plane = await controlPlane();
const { actor } = await plane.tenant(SLUG);
const { token } = await mintToken(actor, { name: "bench", expiresInDays: 1, tenantId: actor.tenant.id });

async function fill(client: pg.Client, tenantId: string, salt: string): Promise<void> {
  await client.query(
    `INSERT INTO api_keys (id, tenant_id, name, key_hash, prefix, last_four, created_by_label, created_at, expires_at,
                           revoked_at)
     SELECT gen_random_uuid(), $1,
            CASE WHEN i % 9973 = 0 THEN 'Zephyr reports ' ELSE 'Partner integration ' END || i, sha256((i || $3)::bytea),
            'gh_' || substr(translate(encode(sha256((i || $3)::bytea), 'base64'), '+/', '-_'), 1, 6),
            substr(md5($3 || i), 1, 4), 'Somebody', now() - i * interval '1 minute',
            CASE WHEN i % 500 = 1 THEN now() + (i % 60) * interval '1 day' END, CASE WHEN i % 1000 = 2 THEN now() END
     FROM generate_series(1, $2::int) i`,
    [tenantId, OURS, salt],
  );
}

/** Of the key that `fill` makes as the nth. */
const hashOfOurs = (index: number) =>
  createHash("sha256")
    .update(`${index + 1}ours`)
    .digest("hex");

const samples = await withClient(plane.database.superuserUrl, async (client) => {
  // An index on parts of words is built many times faster than it is kept.
  await client.query("SET maintenance_work_mem = '256MB'; DROP INDEX api_keys_search_idx");
  await fill(client, actor.tenant.id, "ours");
  for (let index = 0; index < TENANTS_BESIDE; index++) {
    const { actor: other } = await plane.tenant(`beside-${index}`);
    await fill(client, other.tenant.id, `beside ${index}`);
  }
  await client.query("CREATE INDEX api_keys_search_idx ON api_keys USING gin (search gin_trgm_ops)");
  // One in a thousand was never used, old and new.
  await client.query(
    `INSERT INTO api_key_usage (api_key_id, tenant_id, last_used_at)
     SELECT id, tenant_id, now() FROM api_keys WHERE name NOT LIKE '%997'`,
  );
  await client.query("VACUUM ANALYZE");
  const { rows } = await client.query<{ prefix: string; last_four: string; id: string }>(
    `SELECT id, prefix, last_four FROM api_keys WHERE tenant_id = $1 ORDER BY random() LIMIT ${TIMES}`,
    [actor.tenant.id],
  );
  return rows;
});

async function call(method: string, path: string, body?: unknown): Promise<{ ms: number; answer: never }> {
  const request = new Request(`http://127.0.0.1:3000/api/v1/tenants/${SLUG}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const started = performance.now();
  const response = await dispatch(request);
  const text = await response.text();
  const ms = performance.now() - started;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
  return { ms, answer: JSON.parse(text) as never };
}

const loads: number[] = [];
const at = (sorted: readonly number[], share: number) =>
  (sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN).toFixed(1);
async function measure(what: string, line: string, work: (index: number) => Promise<{ ms: number }>) {
  loads.push(loadavg()[0] as number);
  await repeat(10, async (index) => (await work(index)).ms); // a process that has just begun is not what people meet
  const sorted = (await repeat(TIMES, async (index) => (await work(index)).ms)).sort((a, b) => a - b);
  console.log(`| ${what} | ${at(sorted, 0.5)} ms | ${at(sorted, 0.95)} ms | ${at(sorted, 1)} ms | ${line} |`);
}
const get = (path: string) => call("GET", path);
const sample = (index: number) => samples[index % samples.length] as (typeof samples)[number];
const q = (text: string) => get(`/keys?q=${encodeURIComponent(text)}`);

/** What one count costs, in nanoseconds, and the largest of some runs. */
function countCost(): { each: number; worst: number } {
  const tallies = createTallies(
    { query: async () => ({ rows: [] }) } as never,
    { warn: () => undefined } as never,
  );
  const keys = Array.from({ length: 10_000 }, (_, index) => ({ id: String(index), tally: null }));
  const routes = Array.from({ length: 50 }, (_, index) => `route ${index}`);
  const ROUNDS = 1_000_000;
  const runs = Array.from({ length: 7 }, () => {
    const now = Date.now();
    const started = process.hrtime.bigint();
    for (let index = 0; index < ROUNDS; index++) {
      tallies.count(keys[index % keys.length] as never, routes[index % routes.length] as string, false, now);
    }
    return Number(process.hrtime.bigint() - started) / ROUNDS;
  }).sort((a, b) => a - b);
  tallies.abandon();
  return { each: runs[3] as number, worst: runs.at(-1) as number };
}

try {
  const hold = "p95 20 ms";
  console.log("| what | p50 | p95 | max | hold |\n| --- | --- | --- | --- | --- |");
  await measure("list, first page of 25", hold, () => get("/keys"));
  await measure("list, first page of 100", hold, () => get("/keys?limit=100"));
  await measure("search by name, every key has it", hold, () => q("partner integration"));
  await measure("search by name, one key in 10,000 has it", hold, () => q("zephyr"));
  await measure("search by name, one key has it", hold, (index) => q(`integration ${OURS - 3 - index}`));
  await measure("search by name, no key has it", hold, () => q("nobody is called so"));
  await measure("search by prefix", hold, (index) => q(sample(index).prefix));
  await measure("search by last four", hold, (index) => q(sample(index).last_four));
  await measure("status revoked", "", () => get("/keys?status=revoked"));
  await measure("status rotating (none)", "", () => get("/keys?status=rotating"));
  await measure("never used (one in 1,000)", "", () => get("/keys?used=never"));
  await measure("never used, with a search that no key meets", "", () => get("/keys?used=never&q=nobody"));
  await measure("expires within 30 days (one in 1,000)", "", () => get("/keys?expires=soon"));
  await measure("one key", "", (index) => get(`/keys/${sample(index).id}`));
  await measure("its traffic of a day", "", (index) => get(`/keys/${sample(index).id}/traffic`));
  await measure("its traffic of a month", "", (index) =>
    get(`/keys/${sample(index).id}/traffic?period=month`),
  );
  await measure("overview", "", () => get("/overview"));
  await measure("who is this, by hash", "", (index) =>
    call("POST", "/keys/lookup", { sha256: hashOfOurs(index) }),
  );
  await measure("mint", "p95 50 ms", (index) => call("POST", "/keys", { name: `Minted ${index}` }));
  const dry = await call("POST", "/keys/revoke", {
    keys: { madeBefore: new Date(Date.now() + 60_000).toISOString() },
    dryRun: true,
  });
  const expected = (dry.answer as { data: { wouldRevoke: number } }).data.wouldRevoke;
  const bulk = await call("POST", "/keys/revoke", {
    keys: { madeBefore: new Date(Date.now() + 60_000).toISOString() },
    expected,
    reason: "bench",
  });
  const cost = countCost();
  console.log(
    `| preview of revoking all made before now (${expected} keys) | ${dry.ms.toFixed(0)} ms, once | | | |`,
  );
  console.log(`| revoking them | ${bulk.ms.toFixed(0)} ms, once | | | |`);
  console.log(
    `\ncounting one request of a key: ${cost.each.toFixed(0)} ns (worst run ${cost.worst.toFixed(0)} ns), 10,000 keys, 50 routes`,
  );
  console.log(
    `load average while measuring: ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}`,
  );
} finally {
  await plane.close();
  await server.stop();
}
