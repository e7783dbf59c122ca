import { DEFAULT_JOB_TIMEOUT_MS, DEFAULT_MAX_ATTEMPTS } from "./jobs.ts";

/** What a handler may say about a job that it starts: `durable.startNew(name, instanceId, input, options)`. */
export type StartOptions = {
  /** From 0 to 30 days; fractions count. */
  delaySeconds: number;
  maxAttempts: number;
  timeoutMs: number;
};

/** The longest that a job can be put off: 30 days. */
export const MAX_DELAY_SECONDS = 30 * 86_400;

type Bounds = { least: number; most: number; whole: boolean; fallback: number; unit: string };
const BOUNDS: Record<keyof StartOptions, Bounds> = {
  delaySeconds: { least: 0, most: MAX_DELAY_SECONDS, whole: false, fallback: 0, unit: " (30 days)" },
  maxAttempts: { least: 1, most: 100, whole: true, fallback: DEFAULT_MAX_ATTEMPTS, unit: "" },
  timeoutMs: {
    least: 1,
    most: 900_000,
    whole: true,
    fallback: DEFAULT_JOB_TIMEOUT_MS,
    unit: " (15 minutes)",
  },
};
const NAMES = Object.keys(BOUNDS) as (keyof StartOptions)[];

/** The options as they count, from what a handler gave. Throws an Error that says which is wrong and what it takes. */
export function readStartOptions(given: unknown): StartOptions {
  if (given !== undefined && (given === null || typeof given !== "object" || Array.isArray(given))) {
    throw new TypeError("durable.startNew takes options that are an object, such as { delaySeconds: 60 }");
  }
  const options: Record<string, unknown> = { ...given };
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(BOUNDS, name));
  if (unknown !== undefined) {
    throw new TypeError(
      `durable.startNew has no option '${unknown.slice(0, 80)}'; it has ${NAMES.join(", ")}`,
    );
  }
  const read = (name: keyof StartOptions): number => {
    const { least, most, whole, fallback, unit } = BOUNDS[name];
    const value = options[name] ?? (options[name] === null ? Number.NaN : fallback);
    if (typeof value === "number" && value >= least && value <= most && (!whole || Number.isInteger(value))) {
      return value;
    }
    const kind = whole ? "a whole number" : "a number";
    throw new RangeError(`durable.startNew: ${name} must be ${kind} from ${least} to ${most}${unit}`);
  };
  return {
    delaySeconds: read("delaySeconds"),
    maxAttempts: read("maxAttempts"),
    timeoutMs: read("timeoutMs"),
  };
}
