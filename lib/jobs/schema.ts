import { z } from "zod";
import { ATTEMPT_OUTCOMES, JOB_STATES } from "#lib/contract/jobs.ts";
import { moment } from "#lib/contract/moment.ts";
import { line, printable } from "#lib/contract/text.ts";
import { jobRetentionSchema } from "#lib/retention/schema.ts";

export const JOB_ACTIONS = ["retry", "cancel", "discard"] as const;
export type JobAction = (typeof JOB_ACTIONS)[number];

/** What a job's history may tell that people did to it. */
export const JOB_HISTORY = [...JOB_ACTIONS, "hold", "release", "reveal"] as const;

/** How far back a list can be told to look, in hours. */
export const JOB_PERIODS = { "1h": 1, "6h": 6, "24h": 24, "7d": 168, "30d": 720 } as const;
export type JobPeriod = keyof typeof JOB_PERIODS;

const STATES_PATTERN = new RegExp(`^(?:${JOB_STATES.join("|")})(?:,(?:${JOB_STATES.join("|")}))*$`);

/** What a list of jobs can be narrowed to. Everything given must hold. */
export const jobFilters = {
  /** One state or several, with commas between: `dead,retrying`. */
  state: z
    .string()
    .max(100)
    .regex(STATES_PATTERN, `is one or more of ${JOB_STATES.join(", ")}, with commas between`)
    .optional(),
  function: line(0, 63).optional(),
  /** The id of the route that enqueued it. */
  route: z.uuid().toLowerCase().optional(),
  /** The id of the API key that its request carried. */
  key: z.uuid().toLowerCase().optional(),
  /** Created no longer ago than this; not together with from. */
  within: z.enum(["1h", "6h", "24h", "7d", "30d"]).optional(),
  /** Created at this moment or later. */
  from: moment.optional(),
  /** Created before this moment. */
  to: moment.optional(),
  /** Of the error that it failed with last. */
  fingerprint: line(0, 64).optional(),
  /** A part of that error's name and message. Numbers, ids and quoted text in it stand for any. */
  error: line(0, 200).optional(),
  /** A value in its payload: `body.orderId=4711`. */
  payload: line(0, 400).optional(),
  id: z.uuid().toLowerCase().optional(),
  requestId: line(0, 200).optional(),
  /** A job's id or that of the request which made it, whole. */
  q: line(0, 200).optional(),
};
export const jobFiltersSchema = z.strictObject(jobFilters);
export type JobFilters = {
  [Name in keyof z.output<typeof jobFiltersSchema>]?: z.output<typeof jobFiltersSchema>[Name];
};

export const JOB_SORTS = ["newest", "oldest"] as const;
export type JobSort = (typeof JOB_SORTS)[number];

/** What retry, cancel, discard, hold and release take: why, for the job's history and the audit log. */
export const jobActionSchema = z.strictObject({ reason: line(1, 500) });
export type JobActionInput = z.output<typeof jobActionSchema>;

/**
 * What a retry takes beside the reason: how the payload is changed before it, as a JSON Patch (RFC 6902; add, replace
 * and remove) or a JSON Merge Patch (RFC 7396) on what is stored.
 */
export const jobRetrySchema = jobActionSchema.extend({ patch: z.unknown().optional() });
export type JobRetryInput = z.output<typeof jobRetrySchema>;

const time = z.iso.datetime();
const errorBrief = z.object({ name: z.string(), message: z.string() });

/** The functions of a pipeline, and where it stands. */
export const pipelineSchema = z.object({
  functions: z.array(z.string()),
  /** Which of them has its turn, or had it last; from 1. */
  step: z.int(),
  /** How often each may be tried. */
  attemptsPerStep: z.int(),
  /** How many of the job's attempts the steps before this one took. */
  attemptsBefore: z.int(),
});
export type Pipeline = z.output<typeof pipelineSchema>;

/** A job in a list: no payloads. */
export const jobSummarySchema = z.object({
  id: z.uuid(),
  /** Of a pipeline, the function whose turn it is or was last. */
  function: z.string(),
  /** Null for a job of one function. */
  pipeline: pipelineSchema.nullable(),
  state: z.enum(JOB_STATES),
  /** Of all steps together. */
  attempts: z.int(),
  /** At which the job is dead; a pipeline's grows with every step that it reaches. */
  maxAttempts: z.int(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  /** When it is due, or was last: a waiting job starts no earlier. */
  runAt: time,
  /** Of the last failed attempt; null once it succeeded. */
  error: errorBrief.nullable(),
  /** Equal for jobs that failed for the same reason. */
  errorFingerprint: z.string().nullable(),
  requestId: z.string().nullable(),
  enqueuedBy: z.enum(["route", "handler"]),
});
export type JobSummary = z.output<typeof jobSummarySchema>;

/** A job as the commands answer it. */
export const jobSchema = jobSummarySchema;
export type Job = JobSummary;

export const jobErrorSchema = errorBrief.extend({ stack: z.string().optional() });

/** What the handler printed during an attempt, secret-looking values masked. */
export const jobLogsSchema = z.object({
  lines: z.array(
    z.object({ at: time, level: z.enum(["debug", "info", "warn", "error"]), message: z.string() }),
  ),
  /** Whether lines were shortened or left out. */
  cut: z.boolean(),
  /** How many were left out, and after which of those that are here. */
  dropped: z.int(),
  droppedAfter: z.int(),
});
export type JobLogs = z.output<typeof jobLogsSchema>;

export const jobAttemptSchema = z.object({
  number: z.int(),
  /** Of a pipeline, the step that it ran; from 1. */
  step: z.int().nullable(),
  outcome: z.enum(ATTEMPT_OUTCOMES),
  startedAt: time,
  finishedAt: time.nullable(),
  durationMs: z.int().nullable(),
  error: jobErrorSchema.nullable(),
  /** The worker's name; null when its row is gone. */
  worker: z.string().nullable(),
  /** Null when it printed nothing; a running attempt's come with its end. */
  logs: jobLogsSchema.nullable(),
});
export type JobAttempt = z.output<typeof jobAttemptSchema>;

/** An attempt of which nobody heard how it ended: its work may be done. */
export const doubtfulAttemptSchema = z.object({
  number: z.int(),
  outcome: z.enum(["lost", "timed_out", "cancelled"]),
});
export type DoubtfulAttempt = z.output<typeof doubtfulAttemptSchema>;

/** `waiting`: its turn has not come. Otherwise a finished step has succeeded, and the current one stands as the job does. */
export const STEP_STATES = ["waiting", ...JOB_STATES] as const;
export type StepState = (typeof STEP_STATES)[number];

export const jobStepSchema = z.object({
  /** From 1. */
  number: z.int(),
  function: z.string(),
  state: z.enum(STEP_STATES),
  attempts: z.int(),
  /** Of its first attempt. */
  startedAt: time.nullable(),
  /** Of its last attempt; null while one runs. */
  finishedAt: time.nullable(),
  durationMs: z.int().nullable(),
  /** What it returned; null until it has succeeded. */
  result: z.unknown(),
});
export type JobStep = z.output<typeof jobStepSchema>;

/** How somebody changed a job's payload; secret-looking values read "•••". */
export const payloadChangeSchema = z.object({
  /** JSON pointers into the payload. `before` or `after` is left out where there was or is nothing. */
  changes: z.array(
    z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
  ),
  /** The revision whose schema it was held against; null where there is none. */
  checkedBy: z.object({ revision: z.int(), live: z.boolean() }).nullable(),
  /** Whether the values were too large to be kept. */
  cut: z.boolean(),
});
export type PayloadChange = z.output<typeof payloadChangeSchema>;

export const jobActionEntrySchema = z.object({
  id: z.uuid(),
  action: z.enum(JOB_HISTORY),
  actor: z.string(),
  reason: z.string(),
  at: time,
  /** The run of dead letters that did it; null when a person did it to this job alone. */
  runId: z.uuid().nullable(),
  /** Of a retry with another payload. */
  change: payloadChangeSchema.nullable(),
});
export type JobActionEntry = z.output<typeof jobActionEntrySchema>;

/** The job's story in order. */
export const timelineEntrySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("enqueued"), at: time, by: z.enum(["route", "handler"]) }),
  z.object({ kind: z.literal("started"), at: time, attempt: z.int() }),
  z.object({
    kind: z.literal("ended"),
    at: time,
    attempt: z.int(),
    outcome: z.enum(ATTEMPT_OUTCOMES),
    durationMs: z.int(),
    message: z.string().nullable(),
  }),
  z.object({
    kind: z.literal("action"),
    at: time,
    action: z.enum(JOB_HISTORY),
    actor: z.string(),
    reason: z.string(),
  }),
  z.object({ kind: z.literal("due"), at: time }),
]);
export type TimelineEntry = z.output<typeof timelineEntrySchema>;

/** What a `job-status` route answers; the shape is contract.md's. */
export const clientStatusSchema = z.object({
  jobId: z.uuid(),
  status: z.enum(JOB_STATES),
  attempts: z.int(),
  maxAttempts: z.int(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  result: z.unknown(),
  error: errorBrief.nullable(),
});

/** Everything about one job. Secret-looking values in `input`, `result` and `told` read "•••", also in `steps`. */
export const jobDetailSchema = jobSummarySchema.extend({
  ...jobRetentionSchema.shape,
  timeoutMs: z.int(),
  routeId: z.uuid().nullable(),
  revision: z.int().nullable(),
  apiKeyId: z.uuid().nullable(),
  leaseExpiresAt: time.nullable(),
  error: jobErrorSchema.nullable(),
  input: z.unknown(),
  result: z.unknown(),
  /** Whether anything in them was replaced. */
  masked: z.boolean(),
  /** Of a pipeline; none for a job of one function. */
  steps: z.array(jobStepSchema),
  /** The latest, in order. */
  attemptLog: z.array(jobAttemptSchema),
  /** Where the list of attempts goes on with those before them; null when these are all. */
  earlierAttempts: z.string().nullable(),
  /** Of all attempts, those that may have had their effect. */
  doubtful: z.array(doubtfulAttemptSchema),
  actions: z.array(jobActionEntrySchema),
  timeline: z.array(timelineEntrySchema),
  /** What the client got when it asked for the work, and what a status route answers it now. */
  told: z.object({
    accepted: z.object({
      status: z.literal(202),
      body: z.object({ data: z.object({ jobId: z.uuid(), status: z.literal("queued") }) }),
    }),
    status: z.object({ status: z.literal(200), body: z.object({ data: clientStatusSchema }) }),
  }),
});
export type JobDetail = z.output<typeof jobDetailSchema>;

/** A count that stops at a cap: `capped` reads "10,000+". */
export const cappedCountSchema = z.object({ count: z.int(), capped: z.boolean() });
export type CappedCount = z.output<typeof cappedCountSchema>;

const ruleSegment = /^(?:\*\*?|[^*[\]]{1,100})$/;

/** Where values are masked: `body.card.*`, `input.customer.email`, `**.iban`. */
export const maskRule = printable(1, 200)
  .refine((path) => path.trim() === path, "begins or ends with a space")
  .refine((path) => path.split(".").length <= 12, "has more than 12 parts")
  .refine(
    (path) => path.split(".").every((part) => ruleSegment.test(part)),
    "is names with dots between, * for any one and ** for any number of them; list elements stand at their list's path",
  )
  .refine((path) => !/^(?:input|result)$/i.test(path), "names the whole document; write input.* or result.*");

export const MAX_MASK_RULES = 100;
export const maskRulesSchema = z.strictObject({
  rules: z
    .array(maskRule)
    .max(MAX_MASK_RULES, `has more than ${MAX_MASK_RULES} rules`)
    .refine(
      (rules) => new Set(rules.map((rule) => rule.toLowerCase())).size === rules.length,
      "has the same rule twice",
    ),
});
export type MaskRules = z.output<typeof maskRulesSchema>;

/** What a job holds, nothing masked. */
export const revealedJobSchema = z.object({
  input: z.unknown(),
  result: z.unknown(),
  error: jobErrorSchema.nullable(),
  steps: z.array(z.object({ number: z.int(), result: z.unknown() })),
  attempts: z.array(
    z.object({ number: z.int(), error: jobErrorSchema.nullable(), logs: jobLogsSchema.nullable() }),
  ),
});
export type RevealedJob = z.output<typeof revealedJobSchema>;
