import { FunctionError } from "#data-plane/functions-host/index.ts";
import { backoffMs, errorFingerprint, type JobError } from "#lib/contract/jobs.ts";
import { storable } from "./storable.ts";

/** A longer result, in bytes of JSON, is stored as its beginning and marked: whoever looks at the job pays for it. */
export const MAX_RESULT_BYTES = 256 * 1024;
const PREVIEW_CHARACTERS = 4_096;
const MAX_NAME_CHARACTERS = 256;
const MAX_MESSAGE_CHARACTERS = 4_096;
const MAX_STACK_CHARACTERS = 16_384;

/** One attempt's end as the ledger takes it. */
export type EndedAttempt = {
  id: string;
  attempt: number;
  workerId: string;
  outcome: "succeeded" | "failed" | "timed_out" | "lost";
  /** `queued`: a step of a pipeline succeeded, and the next one waits for its turn. */
  state: "succeeded" | "queued" | "retrying" | "dead";
  /** JSON text. */
  result: string | null;
  error: JobError | null;
  fingerprint: string | null;
  delaySeconds: number;
  /** What the attempt wrote, as JSON text. */
  logs: string | null;
  /** The attempt that ended, for an ending that must be thought over. */
  of: Attempt;
};

export type Attempt = {
  id: string;
  function: string;
  attempt: number;
  maxAttempts: number;
  /** How many attempts the steps before this one took; 0 for a plain job. */
  stepBase: number;
};
type Steps = { steps: readonly string[]; step: number | null };

/** The JSON text to store for what a handler returned. */
export function storedResult(value: unknown): string {
  const json = JSON.stringify(value) ?? "null";
  const bytes = Buffer.byteLength(json);
  if (bytes <= MAX_RESULT_BYTES) return json;
  return JSON.stringify({ $truncated: true, bytes, preview: json.slice(0, PREVIEW_CHARACTERS) });
}

const cut = (text: string, max: number): string => storable(text.slice(0, max));

/** What was thrown, cut to what a row should hold. */
export function storedError(error: unknown): JobError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return {
    name: cut(name, MAX_NAME_CHARACTERS) || "Error",
    message: cut(message, MAX_MESSAGE_CHARACTERS) || "(no message)",
    ...(stack ? { stack: cut(stack, MAX_STACK_CHARACTERS) } : {}),
  };
}

/** The JSON text to hand to the next step, which must be given all of it or nothing. */
function handedOver(value: unknown): string {
  const json = JSON.stringify(value) ?? "null";
  const bytes = Buffer.byteLength(json);
  if (bytes <= MAX_RESULT_BYTES) return json;
  const error = new Error(
    `This step returned ${bytes} bytes of JSON, and the next one can be given at most ${MAX_RESULT_BYTES}. Store it and return where it is.`,
  );
  error.name = "ResultTooLarge";
  delete error.stack;
  throw error;
}

/** A step of a pipeline that succeeded sends the job on to the next. Throws when its result cannot be handed over. */
export function succeeded(job: Attempt & Steps, workerId: string, value: unknown): EndedAttempt {
  const goesOn = job.step !== null && job.step + 1 < job.steps.length;
  return {
    id: job.id,
    attempt: job.attempt,
    workerId,
    outcome: "succeeded",
    state: goesOn ? "queued" : "succeeded",
    result: goesOn ? handedOver(value) : storedResult(value),
    error: null,
    fingerprint: null,
    delaySeconds: 0,
    logs: null,
    of: job,
  };
}

/** A failed attempt: the job is retried after its backoff, or dead when this was the last one. */
export function failed(
  job: Attempt,
  workerId: string,
  thrown: unknown,
  outcome: "failed" | "timed_out" | "lost" = thrown instanceof FunctionError && thrown.kind === "timeout"
    ? "timed_out"
    : "failed",
): EndedAttempt {
  const error = storedError(thrown);
  const dead = job.attempt >= job.maxAttempts;
  return {
    id: job.id,
    attempt: job.attempt,
    workerId,
    outcome,
    state: dead ? "dead" : "retrying",
    result: null,
    error,
    fingerprint: errorFingerprint(job.function, error),
    delaySeconds: dead ? 0 : backoffMs(job.attempt - job.stepBase, Math.random()) / 1_000,
    logs: null,
    of: job,
  };
}

/** What an attempt ends with whose own ending PostgreSQL would not take. Has no stack: the handler did not throw it. */
export function resultRefused(): Error {
  const error = new Error("PostgreSQL could not store what this attempt returned or threw.");
  error.name = "NotStorable";
  delete error.stack;
  return error;
}

/** Why an attempt has no ending of its own. Has no stack: nothing was thrown. */
export function workerLost(message: string): Error {
  const error = new Error(message);
  error.name = "WorkerLost";
  delete error.stack;
  return error;
}
