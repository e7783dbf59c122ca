import { type DataPlaneSettings, readDataPlaneSettings, SettingError } from "#data-plane/env.ts";

const DEFAULT_CONCURRENCY = 10;
const MAX_CONCURRENCY = 256;

export type WorkerSettings = DataPlaneSettings & {
  /** Jobs that run at the same time, each in a thread of its own. */
  concurrency: number;
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
  return { ...settings, concurrency, maxThreads: concurrency };
}
