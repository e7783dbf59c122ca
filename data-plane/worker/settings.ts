import {
  type DataPlaneSettings,
  readAllowInternal,
  readDataPlaneSettings,
  readEncryptionKeyring,
  SettingError,
} from "#data-plane/env.ts";
import type { OutboundSettings } from "./chores.ts";

const DEFAULT_CONCURRENCY = 10;
const MAX_CONCURRENCY = 256;

export type WorkerSettings = DataPlaneSettings & {
  /** Jobs that run at the same time, each in a thread of its own. */
  concurrency: number;
  /** How webhooks and alerts are sent. */
  outbound: OutboundSettings;
};

/** The worker's settings; throws SettingError. Its threads follow from WORKER_CONCURRENCY, not FUNCTION_THREADS. */
export function readWorkerSettings(env: Record<string, string | undefined>): WorkerSettings {
  const settings = readDataPlaneSettings(env, "WORKER_DATABASE_URL");
  const value = env.WORKER_CONCURRENCY?.trim() || String(DEFAULT_CONCURRENCY);
  const concurrency = Number(value);
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY) {
    throw new SettingError(
      `WORKER_CONCURRENCY must be a whole number from 1 to ${MAX_CONCURRENCY}, not '${value}'.`,
    );
  }
  const consoleUrl = env.CONSOLE_URL?.trim() || null;
  if (consoleUrl !== null && !URL.canParse(consoleUrl)) {
    throw new SettingError("CONSOLE_URL must be an address such as https://console.example.");
  }
  const outbound: OutboundSettings = {
    keyring: readEncryptionKeyring(env),
    allowInternal: readAllowInternal(env),
    consoleUrl: consoleUrl && new URL(consoleUrl).origin,
  };
  return { ...settings, concurrency, maxThreads: concurrency, outbound };
}
