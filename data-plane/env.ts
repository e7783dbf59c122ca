import { hostname } from "node:os";
import { resolve } from "node:path";
import type { FunctionsNetwork } from "#data-plane/functions-host/index.ts";
import { type Keyring, readKeyring } from "#lib/secrets/sealed-secret.ts";

/** A setting that is missing or wrong, as one sentence that says what to do. */
export class SettingError extends Error {
  override name = "SettingError";
}

type Env = Record<string, string | undefined>;

function text(env: Env, name: string): string | null {
  const value = env[name]?.trim();
  return value ? value : null;
}

function integer(env: Env, name: string, fallback: number, min: number, max: number): number {
  const value = text(env, name);
  if (value === null) return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max) {
    throw new SettingError(`${name} must be a whole number from ${min} to ${max}, not '${value}'.`);
  }
  return number;
}

function databaseUrl(env: Env, name: string): string {
  const value = text(env, name);
  if (value === null) {
    throw new SettingError(
      `${name} is not set: give it a URL such as postgresql://role:password@host:5432/db.`,
    );
  }
  const protocol = URL.parse(value)?.protocol;
  if (protocol !== "postgres:" && protocol !== "postgresql:") {
    throw new SettingError(`${name} is not a PostgreSQL URL: it must begin with postgresql://.`);
  }
  return value;
}

export type DataPlaneSettings = {
  databaseUrl: string;
  /** As shown on the console's page of gateways. */
  instanceName: string;
  functionsDirectory: string;
  maxThreads: number;
  memoryLimitMb: number;
  /** Where handlers may open connections. */
  functionsNetwork: FunctionsNetwork;
  logLevel: string;
};

const NETWORKS: readonly string[] = ["none", "public", "all"] satisfies FunctionsNetwork[];
const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** What both processes of the data plane need; throws SettingError. */
export function readDataPlaneSettings(env: Env, databaseVariable: string): DataPlaneSettings {
  const logLevel = text(env, "LOG_LEVEL") ?? "info";
  if (!LOG_LEVELS.includes(logLevel)) {
    throw new SettingError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(", ")}, not '${logLevel}'.`);
  }
  const network = text(env, "FUNCTIONS_NETWORK") ?? "none";
  if (!NETWORKS.includes(network)) {
    throw new SettingError(`FUNCTIONS_NETWORK must be one of ${NETWORKS.join(", ")}, not '${network}'.`);
  }
  return {
    databaseUrl: databaseUrl(env, databaseVariable),
    instanceName: (text(env, "INSTANCE_NAME") ?? `${hostname()}:${process.pid}`).slice(0, 120),
    functionsDirectory: text(env, "FUNCTIONS_DIR") ?? "functions",
    maxThreads: integer(env, "FUNCTION_THREADS", 8, 1, 256),
    memoryLimitMb: integer(env, "FUNCTION_MEMORY_MB", 128, 16, 8_192),
    functionsNetwork: network as FunctionsNetwork,
    logLevel,
  };
}

export type GatewaySettings = DataPlaneSettings & {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** For how long after it was told to stop the gateway still takes connections, while /readyz says that it stops. */
  stopDelayMs: number;
  /** How many proxies in front of the gateway may say where a request comes from. */
  trustedProxies: number;
  /** Whether what tenants name may lie inside the network. */
  allowInternalUpstreams: boolean;
  /** Memory for the answers of routes with a cache; 0 keeps none. */
  cacheMb: number;
  /** Where what is served is kept for a start without the database; null keeps nothing. */
  stateDirectory: string | null;
  /** Where Prometheus may ask, on a listener of its own; null when nobody may. */
  metrics: { host: string; port: number } | null;
  /** What reads the issuers' shared secrets; empty when the setting is not given. */
  keyring: Keyring;
  /** One of several processes at a port takes no connection before it can answer: nobody checks it by itself. */
  listenOnceLoaded?: boolean;
  /** Where all gateways count rate limits together; null when each counts its own. */
  redis: { url: string; prefix: string; timeoutMs: number } | null;
};

/** Throws SettingError. */
function readRedis(env: Env): GatewaySettings["redis"] {
  const url = text(env, "REDIS_URL");
  if (url === null) return null;
  const parsed = URL.parse(url);
  if (!parsed?.hostname || !["redis:", "rediss:"].includes(parsed.protocol)) {
    throw new SettingError(
      "REDIS_URL must look like redis://host:6379 or rediss://user:password@host:6379/0.",
    );
  }
  const prefix = text(env, "REDIS_PREFIX") ?? "gatehouse";
  if (!/^[A-Za-z0-9:_-]{1,64}$/.test(prefix)) {
    throw new SettingError("REDIS_PREFIX may hold up to 64 letters, digits, colons, dashes and underscores.");
  }
  return { url, prefix, timeoutMs: integer(env, "REDIS_TIMEOUT_MS", 50, 1, 10_000) };
}

/** How many processes one gateway is made of. Throws SettingError. */
export const readGatewayProcesses = (env: Env): number => integer(env, "GATEWAY_PROCESSES", 1, 1, 64);

/** What opens sealed secrets; empty when GATEHOUSE_ENCRYPTION_KEY is not given. Throws SettingError. */
export function readEncryptionKeyring(env: Env): Keyring {
  try {
    return readKeyring(env.GATEHOUSE_ENCRYPTION_KEY);
  } catch (error) {
    throw new SettingError((error as Error).message);
  }
}

/** Whether what tenants name may lie inside the network. Throws SettingError. */
export const readAllowInternal = (env: Env): boolean =>
  integer(env, "ALLOW_INTERNAL_UPSTREAMS", 0, 0, 1) === 1;

/** Throws SettingError. */
export function readGatewaySettings(env: Env): GatewaySettings {
  return {
    ...readDataPlaneSettings(env, "GATEWAY_DATABASE_URL"),
    host: text(env, "GATEWAY_HOST") ?? "127.0.0.1",
    port: integer(env, "GATEWAY_PORT", 8_080, 0, 65_535),
    stopDelayMs: integer(env, "GATEWAY_STOP_DELAY_MS", 500, 0, 600_000),
    trustedProxies: integer(env, "TRUSTED_PROXIES", 0, 0, 32),
    allowInternalUpstreams: readAllowInternal(env),
    cacheMb: integer(env, "GATEWAY_CACHE_MB", 64, 0, 65_536),
    stateDirectory: resolve(text(env, "GATEHOUSE_DATA_DIR") ?? ".data", "gateway"),
    metrics:
      text(env, "METRICS_PORT") === null
        ? null
        : {
            host: text(env, "METRICS_HOST") ?? "127.0.0.1",
            port: integer(env, "METRICS_PORT", 0, 0, 65_535),
          },
    keyring: readEncryptionKeyring(env),
    redis: readRedis(env),
  };
}
