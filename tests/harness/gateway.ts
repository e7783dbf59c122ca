import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import type { FunctionsNetwork } from "#data-plane/functions-host/index.ts";
import { type RunningGateway, startGateway } from "#data-plane/gateway/gateway.ts";
import { createRequestLog, type RequestLog } from "#data-plane/gateway/request-log.ts";
import { CHANNELS } from "#lib/contract/channels.ts";
import { displayParts, formatCredential } from "#lib/contract/credential.ts";
import { serializeRevision } from "#lib/contract/revision.ts";
import { type Route, type RouteFieldsInput, routeSchema } from "#lib/contract/route.ts";
import type { Keyring } from "#lib/secrets/sealed-secret.ts";
import { type TestDatabase, testDatabase } from "./database.ts";

export type LogLine = { level: string; message: string } & Record<string, unknown>;
export type TestTenant = { id: string; slug: string };
export type TestKey = { id: string; key: string };

/** A route with every default; `method` GET and open to everybody unless the fields say otherwise. */
export function testRoute(fields: Partial<RouteFieldsInput> & Pick<RouteFieldsInput, "target">): Route {
  return routeSchema.parse({ id: randomUUID(), method: "GET", path: "/", auth: { mode: "none" }, ...fields });
}

/**
 * A gateway of this process on a free port, over a database of its own, with functions from given sources. What a
 * console would write is written by a superuser.
 */
export async function gatewayFixture(options: {
  functions?: Record<string, string>;
  trustedProxies?: number;
  /** Upstreams and issuers of tests are on this machine, so they are allowed unless a test says otherwise. */
  allowInternalUpstreams?: boolean;
  keyring?: Keyring;
  /** Where last-known-good files are kept; nowhere unless a test says so. */
  stateDirectory?: string;
  cacheMb?: number;
  /** Where all gateways count rate limits together. */
  redisUrl?: string;
  redisTimeoutMs?: number;
  functionsNetwork?: FunctionsNetwork;
  /** Puts a plug between gateway and database that can be pulled. */
  pluggable?: boolean;
}) {
  const database: TestDatabase = await testDatabase();
  const pool = new pg.Pool({ connectionString: database.superuserUrl, max: 2 });
  pool.on("error", () => undefined);
  const directory = await mkdtemp(path.join(tmpdir(), "gateway-functions-"));
  for (const [name, text] of Object.entries(options.functions ?? {})) {
    await writeFile(path.join(directory, name), text);
  }
  const lines: LogLine[] = [];
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push({ ...fields, level, message });
  const logger = { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
  const collected = createRequestLog("test", (line) => {
    const { msg, level: _, ...fields } = JSON.parse(line.toString());
    lines.push({ ...fields, level: "info", message: msg });
  });
  /** As the gateway writes it, but at once. */
  const requests: RequestLog = {
    flush: collected.flush,
    write(...about) {
      collected.write(...about);
      collected.flush();
    },
  };
  // Where a gateway runs by itself, it would have ended. node:test only mentions what no test waits for.
  const crashes: Error[] = [];
  const onCrash = (error: Error) => crashes.push(error);
  process.on("uncaughtException", onCrash);
  const plug = options.pluggable ? await databasePlug(database.gatewayUrl) : null;
  const gateways: RunningGateway[] = [];

  async function start(): Promise<RunningGateway> {
    const gateway = await startGateway(
      {
        databaseUrl: plug?.url ?? database.gatewayUrl,
        instanceName: "test",
        functionsDirectory: directory,
        maxThreads: 2,
        memoryLimitMb: 64,
        functionsNetwork: options.functionsNetwork ?? "none",
        logLevel: "info",
        host: "127.0.0.1",
        port: 0,
        stopDelayMs: 0,
        trustedProxies: options.trustedProxies ?? 0,
        allowInternalUpstreams: options.allowInternalUpstreams ?? true,
        cacheMb: options.cacheMb ?? 64,
        keyring: options.keyring ?? [],
        redis: options.redisUrl
          ? { url: options.redisUrl, prefix: "gatehouse", timeoutMs: options.redisTimeoutMs ?? 50 }
          : null,
        stateDirectory: options.stateDirectory ?? null,
        metrics: { host: "127.0.0.1", port: 0 },
      },
      logger,
      requests,
      "0.0.0",
    );
    gateways.push(gateway);
    await gateway.ready;
    return gateway;
  }
  const gateway = await start();

  async function publishText(tenant: TestTenant, content: string): Promise<number> {
    const { rows } = await pool.query<{ number: number }>(
      `WITH next AS (SELECT coalesce(max(number), 0) + 1 AS number FROM revisions WHERE tenant_id = $1),
         made AS (INSERT INTO revisions (tenant_id, number, content, hash, route_count, published_by_label)
           SELECT $1, number, $2, repeat('0', 64), 0, 'test' FROM next RETURNING number)
       UPDATE tenants SET live_revision = (SELECT number FROM next) WHERE id = $1 RETURNING live_revision AS number`,
      [tenant.id, content],
    );
    await nudge();
    return (rows[0] as { number: number }).number;
  }

  const nudge = () => pool.query(`NOTIFY ${CHANNELS.changed}`);

  return {
    database,
    pool,
    gateway,
    start,
    directory,
    lines,
    plug,
    nudge,
    url: gateway.address,

    async tenant(slug: string): Promise<TestTenant> {
      const id = randomUUID();
      await pool.query("INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)", [id, slug]);
      await nudge();
      return { id, slug };
    },

    publishText,
    publish: (tenant: TestTenant, routes: readonly Route[]) => publishText(tenant, serializeRevision(routes)),

    /** Resolves when every gateway of the fixture serves (or has refused) this revision. */
    async served(tenant: TestTenant, number: number): Promise<void> {
      for (;;) {
        const { rows } = await pool.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM acknowledgements a JOIN gateway_instances i ON i.id = a.instance_id
           WHERE tenant_id = $1 AND (revision = $2 OR refused = $2) AND i.stopped_at IS NULL`,
          [tenant.id, number],
        );
        if (rows[0]?.count === gateways.length) return;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },

    async mint(
      tenant: TestTenant,
      fields: { authorizedRequests?: unknown; expiresAt?: Date; quietly?: boolean } = {},
    ): Promise<TestKey> {
      const key = formatCredential("apiKey", randomBytes(32));
      const id = randomUUID();
      const { prefix, lastFour } = displayParts("apiKey", key);
      await pool.query(
        `INSERT INTO api_keys (id, tenant_id, name, key_hash, prefix, last_four, authorized_requests, expires_at,
           created_by_label) VALUES ($1, $2, 'test', sha256($3::bytea), $4, $5, $6, $7, 'test')`,
        [
          id,
          tenant.id,
          Buffer.from(key),
          prefix,
          lastFour,
          fields.authorizedRequests === undefined ? null : JSON.stringify(fields.authorizedRequests),
          fields.expiresAt ?? null,
        ],
      );
      if (!fields.quietly) await nudge();
      return { id, key };
    },

    async revoke(key: TestKey): Promise<void> {
      await pool.query("UPDATE api_keys SET revoked_at = now() WHERE id = $1", [key.id]);
      await nudge();
    },

    /** Rejects when a gateway would have crashed meanwhile. */
    async close(): Promise<void> {
      await Promise.all(gateways.map((each) => each.stop()));
      await plug?.close();
      await pool.end();
      await rm(directory, { recursive: true, force: true });
      await database.close();
      process.off("uncaughtException", onCrash);
      if (crashes.length > 0) throw new AggregateError(crashes, "The gateway would have crashed.");
    },
  };
}
export type GatewayFixture = Awaited<ReturnType<typeof gatewayFixture>>;

/** A way to the database that can be cut: pulled, every connection ends and new ones are refused. */
async function databasePlug(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(Number(target.port || 5432), target.hostname);
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy()).on("close", () => sockets.delete(one) && other.destroy());
      one.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  const pull = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: url.href,
    pull,
    async insert(): Promise<void> {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    close: pull,
  };
}

/** Sends bytes as they are over a new connection and resolves to everything that comes back until it closes. */
export async function rawExchange(address: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  let received = "";
  socket.setEncoding("utf8").on("data", (part: string) => {
    received += part;
  });
  socket.on("error", () => undefined);
  socket.write(bytes);
  await once(socket, "close");
  return received;
}
