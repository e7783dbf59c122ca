import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { CHANNELS } from "#lib/contract/channels.ts";
import { displayParts, formatCredential } from "#lib/contract/credential.ts";
import { serializeRevision } from "#lib/contract/revision.ts";
import type { RouteFieldsInput } from "#lib/contract/route.ts";
import { startEmbedded } from "#scripts/database/embedded.ts";
import { freePort } from "#scripts/up/settings.ts";
import { testDatabase } from "#tests/harness/database.ts";
import { testRoute } from "#tests/harness/gateway.ts";
import { type StartedProcess, startGateway, startWorker } from "#tests/harness/processes.ts";

const GATEWAYS = 2;
const WORKERS = 2;
const CONFIRM_EVERY_MS = 20;
const TENANT = { id: randomUUID(), slug: "soak" };

export type SoakKey = { id: string; key: string };

/** A PostgreSQL, gateways and workers of this test's own, and the hands that change and hurt them. */
export async function soakInstallation() {
  const directory = await mkdtemp(path.join(tmpdir(), "gatehouse-soak-"));
  // It waits for the disk: what it confirmed must be there after a crash, or the crash would be to blame.
  const embedded = {
    directory,
    port: await freePort(),
    superuserPassword: randomBytes(16).toString("hex"),
  };
  let server = await startEmbedded(embedded);
  process.env.TEST_DATABASE_SERVER_URL = server.superuserUrl;
  const database = await testDatabase();
  const pool = new pg.Pool({
    connectionString: database.superuserUrl,
    max: 4,
    connectionTimeoutMillis: 2_000,
  });
  pool.on("error", () => undefined);

  /** How often each request has reached the upstream: none may come twice. */
  const arrived = new Map<string, number>();
  const upstream = createServer((req, res) => {
    const id = String(req.headers["x-soak-id"]);
    arrived.set(id, (arrived.get(id) ?? 0) + 1);
    const parts: Buffer[] = [];
    req.on("data", (part: Buffer) => parts.push(part));
    req.on("end", () => {
      res.writeHead(200, { "content-type": "application/json" });
      res.end(JSON.stringify({ id, body: Buffer.concat(parts).toString() }));
    });
  });
  upstream.keepAliveTimeout = 120_000;
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/`;

  const functions = path.join(directory, "functions");
  await mkdir(functions);
  await writeFile(
    path.join(functions, "echo.mjs"),
    "export const handler = (event) => ({ id: event.headers['x-soak-id'], body: event.body });",
  );
  await writeFile(path.join(functions, "work.mjs"), "export const handler = () => ({ done: true });");
  const environment = { FUNCTIONS_DIR: functions, ALLOW_INTERNAL_UPSTREAMS: "1", LOG_LEVEL: "warn" };

  const auth = { mode: "api-key" as const };
  const fixed: (Partial<RouteFieldsInput> & Pick<RouteFieldsInput, "target">)[] = [
    { method: "POST", path: "/echo", auth, target: { type: "function", function: "echo" } },
    { method: "POST", path: "/proxied", auth, target: { type: "http", url: upstreamUrl } },
    { method: "POST", path: "/jobs", auth, target: { type: "job", function: "work" } },
  ];
  const fixedRoutes = fixed.map((fields) => testRoute({ ...fields, rateLimit: null }));

  /** Does something in the database, again and again while it is away. */
  async function persist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (/duplicate key/.test(String(error))) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Resolves once every gateway has reported that what this transaction changed is in force. */
  async function confirmed(xid: string): Promise<void> {
    for (;;) {
      const { rows } = await persist(() =>
        pool.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM gateway_instances WHERE kind = 'gateway' AND stopped_at IS NULL
             AND applied_snapshot IS NOT NULL AND pg_visible_in_snapshot($1::xid8, applied_snapshot)`,
          [xid],
        ),
      );
      if (rows[0]?.count === GATEWAYS) return;
      await new Promise((resolve) => setTimeout(resolve, CONFIRM_EVERY_MS));
    }
  }

  let published = 0;
  await pool.query("INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)", [TENANT.id, TENANT.slug]);

  /** Publishes the revision that has `/revision/{number}` and not the one before it. Gives the transaction. */
  async function publish(): Promise<string> {
    const number = ++published;
    const moving = testRoute({
      path: `/revision/${number}`,
      rateLimit: null,
      target: { type: "function", function: "echo" },
    });
    const content = serializeRevision([...fixedRoutes, moving]);
    const change = () =>
      pool.query<{ xid: string }>(
        `WITH made AS (INSERT INTO revisions (tenant_id, number, content, hash, route_count, published_by_label)
           VALUES ($1, $2, $3, repeat('0', 64), 0, 'soak') ON CONFLICT DO NOTHING)
         UPDATE tenants SET live_revision = $2 WHERE id = $1 RETURNING changed_xid::text AS xid`,
        [TENANT.id, number, content],
      );
    const { rows } = await persist(change);
    await pool.query(`NOTIFY ${CHANNELS.changed}`).catch(() => undefined);
    return (rows[0] as { xid: string }).xid;
  }

  async function mint(): Promise<{ key: SoakKey; xid: string }> {
    const key = { id: randomUUID(), key: formatCredential("apiKey", randomBytes(32)) };
    const { prefix, lastFour } = displayParts("apiKey", key.key);
    const { rows } = await persist(() =>
      pool.query<{ xid: string }>(
        `INSERT INTO api_keys (id, tenant_id, name, key_hash, prefix, last_four, created_by_label)
         VALUES ($1, $2, 'soak', sha256($3::bytea), $4, $5, 'soak')
         ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING changed_xid::text AS xid`,
        [key.id, TENANT.id, Buffer.from(key.key), prefix, lastFour],
      ),
    );
    await pool.query(`NOTIFY ${CHANNELS.changed}`).catch(() => undefined);
    return { key, xid: (rows[0] as { xid: string }).xid };
  }

  async function revoke(key: SoakKey): Promise<string> {
    const { rows } = await persist(() =>
      pool.query<{ xid: string }>(
        "UPDATE api_keys SET revoked_at = now() WHERE id = $1 RETURNING changed_xid::text AS xid",
        [key.id],
      ),
    );
    await pool.query(`NOTIFY ${CHANNELS.changed}`).catch(() => undefined);
    return (rows[0] as { xid: string }).xid;
  }

  await publish();
  const gateways: StartedProcess[] = [];
  for (let count = 0; count < GATEWAYS; count++) gateways.push(await startGateway(database, { environment }));
  const workers: StartedProcess[] = [];
  for (let count = 0; count < WORKERS; count++) workers.push(await startWorker(database, { environment }));

  return {
    slug: TENANT.slug,
    urls: gateways.map(({ url }) => url),
    pids: gateways.map(({ pid }) => pid),
    /** What the gateways said last: warnings and errors only. */
    outputs: () => gateways.map((gateway) => gateway.output()),
    arrived,
    publish,
    mint,
    revoke,
    confirmed,
    published: () => published,

    /** Ends PostgreSQL as a power cut would, and starts it again after `awayMs`. */
    async restartDatabase(awayMs: number): Promise<void> {
      await server.child.kill();
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      server = await server.restart();
    },
    /** Kills one worker, and starts another. */
    async replaceWorker(index: number): Promise<void> {
      const at = index % workers.length;
      await workers[at]?.kill();
      workers[at] = await startWorker(database, { environment });
    },

    /** Resolves with how many jobs have not ended after at most `withinMs`. */
    async unfinishedJobs(withinMs: number): Promise<number> {
      const until = performance.now() + withinMs;
      for (;;) {
        const { rows } = await persist(() =>
          pool.query<{ count: number }>(
            "SELECT count(*)::int AS count FROM jobs WHERE state IN ('queued', 'running', 'retrying')",
          ),
        );
        const count = rows[0]?.count ?? 0;
        if (count === 0 || performance.now() > until) return count;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    /** What the ledger says of these jobs: how many are in which state, with the error of those that failed. */
    async jobStates(ids: readonly string[]): Promise<Record<string, number>> {
      const { rows } = await persist(() =>
        pool.query<{ state: string; count: number }>(
          `SELECT coalesce(state || CASE WHEN state = 'succeeded' THEN '' ELSE ': ' || left(error::text, 120) END,
             'not in the ledger') AS state, count(*)::int AS count
           FROM unnest($1::uuid[]) AS accepted (id) LEFT JOIN jobs USING (id) GROUP BY 1`,
          [ids],
        ),
      );
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    },

    async close(): Promise<void> {
      await Promise.all([...gateways, ...workers].map((each) => each.stop()));
      upstream.close();
      upstream.closeAllConnections();
      await pool.end();
      await server.child.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
export type SoakInstallation = Awaited<ReturnType<typeof soakInstallation>>;
