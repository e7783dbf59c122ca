import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { isIPv6 } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { GatewaySettings } from "#data-plane/env.ts";
import { createFunctionsHost } from "#data-plane/functions-host/index.ts";
import { startNewOn } from "#data-plane/jobs/start-new.ts";
import { registerFunctions } from "#data-plane/sql/functions.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { followChanges } from "./changes.ts";
import { createKeyLookup } from "./key-lookup.ts";
import { createLastGood } from "./last-good/index.ts";
import type { GatewayLogger } from "./logger.ts";
import { createMetrics } from "./metrics.ts";
import { serveMetrics } from "./metrics-server.ts";
import { createResponseCache } from "./policies/cache.ts";
import { createRateLimiter } from "./policies/rate-limit.ts";
import { createSharedLimits } from "./policies/shared-limits.ts";
import { createRefusals } from "./refusals.ts";
import { createReports } from "./reports.ts";
import type { RequestLog } from "./request-log.ts";
import { createGatewayServer } from "./server.ts";
import { createSnapshot } from "./snapshot.ts";
import { createTallies } from "./tallies.ts";
import { createUpstreams } from "./targets/http.ts";
import { createLambdas } from "./targets/lambda.ts";
import { createTokens } from "./tokens/index.ts";

const DATABASE_CONNECTIONS = 8;
/** How long answers under way may take once the gateway has been told to stop. */
const DRAIN_MS = 20_000;
/** An answer that began before the stop told its caller to keep the connection. */
const IDLE_SWEEP_MS = 100;

export type RunningGateway = {
  instanceId: string;
  address: string;
  /** Where Prometheus may ask; null when nobody may. */
  metricsAddress: string | null;
  /** What Prometheus would be told. */
  metricsText(): Promise<string>;
  /**
   * Resolves when the first snapshot is in force, be it from the database or from files; rejects when the database
   * refuses the gateway for good and there are no files.
   */
  ready: Promise<void>;
  /**
   * Says on /readyz that it stops, takes requests for `stopDelayMs` more, lets answers under way finish, for up to
   * 20 s, and says goodbye to the database. May be called again.
   */
  stop(): Promise<void>;
};

/** Errors that no amount of retrying mends: wrong password, unknown role or database, a right that is missing. */
const PERMANENT = new Set(["28P01", "28000", "3D000", "42501", "42P01"]);

/** Starts a gateway. Rejects when the port cannot be had. */
export async function startGateway(
  settings: GatewaySettings,
  logger: GatewayLogger,
  requests: RequestLog | null,
  version: string,
): Promise<RunningGateway> {
  const pool = new pg.Pool({
    connectionString: settings.databaseUrl,
    application_name: "gatehouse-gateway",
    max: DATABASE_CONNECTIONS,
    connectionTimeoutMillis: 2_000,
    query_timeout: 5_000,
    keepAlive: true,
  });
  pool.on("error", (error) => logger.warn({ err: error }, "an idle database connection was lost"));

  const functions = createFunctionsHost({
    directory: settings.functionsDirectory,
    maxThreads: settings.maxThreads,
    memoryLimitMb: settings.memoryLimitMb,
    network: settings.functionsNetwork,
    logger,
    onStartNew: startNewOn(pool),
  });
  const snapshot = createSnapshot();
  const instance = {
    id: uuidv7(),
    name: settings.instanceName,
    address: "",
    version,
    startedAt: new Date(),
  };
  const ownLimits = createRateLimiter();
  const sharedLimits = settings.redis
    ? createSharedLimits({ ...settings.redis, local: ownLimits, logger })
    : null;
  const countsLimits = () => (sharedLimits === null ? "own" : sharedLimits.shared() ? "shared" : "fallback");
  const reports = createReports(instance, countsLimits, pool, logger);
  const tallies = createTallies(pool, logger);
  const refusals = createRefusals(instance.id, pool, logger);
  const upstreams = createUpstreams(settings.allowInternalUpstreams);
  const lambdas = createLambdas(upstreams);
  const keys = createKeyLookup(snapshot, pool, (error) => logger.warn({ err: error }, "key look-up failed"));
  const tokens = createTokens(settings, logger);
  const lastGood = createLastGood({
    directory: settings.stateDirectory,
    databaseUrl: settings.databaseUrl,
    snapshot,
    issuers: tokens.issuers,
    db: pool,
    logger,
  });
  const metrics = createMetrics();
  let source: "nothing" | "files" | "database" = "nothing";
  let confirmedAt = performance.now();
  let draining = false;
  const server = createGatewayServer(
    {
      snapshot,
      keys,
      tokens: tokens.lookup,
      limiter: sharedLimits ?? ownLimits,
      tallies,
      refusals,
      functions,
      upstreams,
      lambdas,
      cache: createResponseCache(settings.cacheMb * 1_048_576),
      pool,
      trustedProxies: settings.trustedProxies,
    },
    {
      source: () => source,
      draining: () => draining,
      caveat: () => (countsLimits() === "fallback" ? "rate limits counted per process: no Redis" : ""),
      metrics,
    },
    logger,
    requests,
  );

  const loaded = Promise.withResolvers<void>();
  loaded.promise.catch(() => {}); // whoever awaits `ready` hears of it
  let registered = "";
  function register(): void {
    const names = functions.names();
    const next = names.join();
    if (next === registered) return;
    registered = next;
    registerFunctions(pool, names).catch((error: unknown) => {
      registered = "";
      logger.warn({ err: error }, "could not register the functions");
    });
  }
  functions.onChange(register);

  async function listen(): Promise<void> {
    server.listen(settings.port, settings.host);
    await once(server, "listening");
    const { address: host, port } = server.address() as AddressInfo;
    instance.address = `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  }
  let metricsServer: Awaited<ReturnType<typeof serveMetrics>> | null = null;
  try {
    if (settings.metrics) metricsServer = await serveMetrics(settings.metrics, metrics);
    if (!settings.listenOnceLoaded) await listen();
  } catch (error) {
    metricsServer?.close();
    sharedLimits?.close();
    await Promise.all([
      functions.close(),
      pool.end(),
      tokens.close(),
      reports.abandon(),
      tallies.abandon(),
      refusals.abandon(),
    ]);
    throw error;
  }
  const ready = loaded.promise.then(() => {
    if (settings.listenOnceLoaded && !draining) return listen();
  });
  ready.catch(() => {}); // as above
  await Promise.all([functions.ready, sharedLimits?.started]);

  let restoring: Promise<boolean> | null = null;
  const restore = async (): Promise<boolean> => {
    const restored = await lastGood.restore();
    if (restored) source = "files";
    return restored;
  };
  const changes = followChanges({
    databaseUrl: settings.databaseUrl,
    snapshot,
    issuers: tokens.issuers,
    logger,
    onApplied(tenants, databaseSnapshot, news) {
      reports.applied(tenants, databaseSnapshot, news);
      register();
      source = "database";
      confirmedAt = performance.now();
      loaded.resolve();
    },
    onNews: lastGood.keep,
    async onFirstFailure(error) {
      restoring ??= restore().catch((failed: unknown) => {
        logger.error({ err: failed }, "last-known-good files could not be read");
        return false;
      });
      if (await restoring) {
        loaded.resolve();
        return true;
      }
      if (!PERMANENT.has((error as { code?: string }).code ?? "")) return true;
      loaded.reject(error);
      return false;
    },
  });
  const gauge = (help: string, value: () => number) => ({ help, type: "gauge" as const, value });
  metrics.watch({
    gatehouse_gateway_database_connected: gauge("Whether changes are being followed.", () =>
      Number(changes.connected()),
    ),
    gatehouse_gateway_serving_from_files: gauge("Whether what is served comes from files.", () =>
      Number(source === "files"),
    ),
    gatehouse_gateway_files_failing: gauge("Whether last-known-good files cannot be written.", () =>
      Number(lastGood.failing()),
    ),
    gatehouse_gateway_snapshot_age_seconds: gauge(
      "Time since the database last confirmed what is served; since the start when it never has.",
      () => (performance.now() - confirmedAt) / 1_000,
    ),
    gatehouse_gateway_tenants: gauge("Tenants in memory.", () => snapshot.tenants().length),
    gatehouse_gateway_routes: gauge("Enabled routes in memory.", () =>
      snapshot.tenants().reduce((sum, { revision }) => sum + (revision?.routes.length ?? 0), 0),
    ),
    gatehouse_gateway_keys: gauge("API keys in memory, ended ones too.", snapshot.keyCount),
    ...(sharedLimits
      ? {
          gatehouse_gateway_limits_shared: gauge("Whether limits are counted by all gateways together.", () =>
            Number(sharedLimits.shared()),
          ),
          gatehouse_gateway_limits_fallback_total: {
            help: "Requests counted by this process alone because Redis was away or slow.",
            type: "counter" as const,
            value: sharedLimits.fallbacks,
          },
        }
      : {}),
    gatehouse_gateway_refusals_dropped_total: {
      help: "Refusals that were not written down.",
      type: "counter",
      value: refusals.dropped,
    },
    gatehouse_gateway_key_uses_dropped_total: {
      help: "Tallies of key use that were lost.",
      type: "counter",
      value: tallies.dropped,
    },
  });

  async function drain(): Promise<void> {
    draining = true;
    // A request that is on its way finds an open door, and its answer says that the connection closes. Closing at once
    // would lose what was sent a moment before.
    if (settings.stopDelayMs > 0) await sleep(settings.stopDelayMs);
    const closed = server.listening ? once(server, "close") : null;
    server.close();
    server.closeIdleConnections();
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    await closed;
    clearInterval(sweep);
    clearTimeout(force);
    await changes.stop();
    await restoring;
    await lastGood.stop();
    await metricsServer?.close();
    sharedLimits?.close();
    await reports.stop();
    await tallies.stop();
    await refusals.stop();
    await functions.close();
    await upstreams.close();
    await tokens.close();
    await pool.end();
  }

  let stopping: Promise<void> | null = null;
  function stop(): Promise<void> {
    stopping ??= drain();
    return stopping;
  }

  return {
    instanceId: instance.id,
    get address() {
      return instance.address;
    },
    metricsAddress: metricsServer?.address ?? null,
    metricsText: metrics.text,
    ready,
    stop,
  };
}
