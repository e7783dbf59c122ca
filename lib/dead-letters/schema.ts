import { z } from "zod";
import { JOB_STATES } from "#lib/contract/jobs.ts";
import { line } from "#lib/contract/text.ts";
import { cappedCountSchema, jobFilters, jobSummarySchema } from "#lib/jobs/schema.ts";

const time = z.iso.datetime();
/** 16 hex digits; groups of long ago may be named otherwise. */
export const fingerprintSchema = z.string().regex(/^[\w-]{1,64}$/, "is not a fingerprint");

export const GROUP_SORTS = ["last_seen", "dead", "first_seen"] as const;
export type GroupSort = (typeof GROUP_SORTS)[number];

/** What the list of groups can be narrowed to and sorted by; always the largest or latest first. */
export const groupFilters = {
  /** A part of the message or the error's name, or a function whole. */
  q: line(0, 200).optional(),
  function: line(0, 63).optional(),
  routeId: z.uuid().toLowerCase().optional(),
  sort: z.enum(GROUP_SORTS).default("last_seen"),
};

const routeBrief = z.object({
  id: z.uuid(),
  /** Null when the route is no longer in the draft. */
  method: z.string().nullable(),
  path: z.string().nullable(),
});

/** Dead jobs with one cause. */
export const deadLetterGroupSchema = z.object({
  fingerprint: z.string(),
  error: z.object({ name: z.string(), message: z.string() }),
  /** How many are dead now; exact. */
  dead: z.int(),
  /** How many have ever died so, those that were sent round again among them. */
  deaths: z.int(),
  firstSeen: time,
  lastSeen: time,
  /** Deaths in each of the last 24 hours, the oldest first. */
  trend: z.array(z.int()).length(24),
  /** Where most of its dead jobs came from. */
  functions: z.array(z.string()),
  routes: z.array(routeBrief),
  /** Whether there are functions or routes beyond those. */
  moreOrigins: z.boolean(),
  /** The first revision whose jobs died so; null for jobs that no route enqueued. */
  sinceRevision: z.int().nullable(),
});
export type DeadLetterGroup = z.output<typeof deadLetterGroupSchema>;

export const deadLetterOriginSchema = z.object({
  function: z.string(),
  route: routeBrief.nullable(),
  dead: z.int(),
  deaths: z.int(),
  firstRevision: z.int().nullable(),
  lastRevision: z.int().nullable(),
  lastSeen: time,
});
export type DeadLetterOrigin = z.output<typeof deadLetterOriginSchema>;

/** A group with its story. */
export const deadLetterGroupDetailSchema = deadLetterGroupSchema.extend({
  /** Deaths by day, the oldest first; 30 of them. */
  days: z.array(z.object({ at: time, deaths: z.int() })),
  /** When the hours of `trend` begin. */
  hours: z.array(time).length(24),
  origins: z.array(deadLetterOriginSchema),
  /** The revision that is live now. */
  liveRevision: z.int().nullable(),
  /** The newest that are dead now. */
  examples: z.array(jobSummarySchema),
});
export type DeadLetterGroupDetail = z.output<typeof deadLetterGroupDetailSchema>;

/** What waits in all: how many groups, and how many jobs in them. */
export const deadLetterSummarySchema = z.object({ groups: cappedCountSchema, dead: z.int() });
export type DeadLetterSummary = z.output<typeof deadLetterSummarySchema>;

export const MAX_SELECTED_IDS = 1_000;
export const MAX_SELECTED_GROUPS = 100;
/** A run takes no more jobs than this: freezing them takes seconds by then. */
export const MAX_RUN_ITEMS = 250_000;
/** For how long a prepared selection can be started. */
export const PREPARED_MINUTES = 15;

/** Which dead jobs: named, of groups, or all that a filter of the list of jobs shows. */
export const selectionSchema = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("ids"),
    ids: z.array(z.uuid().toLowerCase()).min(1, "names no job").max(MAX_SELECTED_IDS),
  }),
  z.strictObject({
    by: z.literal("groups"),
    fingerprints: z.array(fingerprintSchema).min(1, "names no group").max(MAX_SELECTED_GROUPS),
  }),
  z.strictObject({ by: z.literal("filter"), filters: z.strictObject(jobFilters) }),
]);
export type Selection = z.output<typeof selectionSchema>;

export const RUN_ACTIONS = ["requeue", "discard"] as const;
export type RunAction = (typeof RUN_ACTIONS)[number];

export const previewInputSchema = z.strictObject({
  action: z.enum(RUN_ACTIONS).default("requeue"),
  selection: selectionSchema,
});

/** What will be done to whom, as it was when the selection was frozen. */
export const runPreviewSchema = z.object({
  /** Dead, and so to be dealt with. */
  count: z.int(),
  /** Of those named, how many are not dead (any more) or do not exist; they are skipped and listed. */
  leftOut: z.int(),
  breakdown: z.array(z.object({ function: z.string(), route: routeBrief.nullable(), count: z.int() })),
  /** Functions and routes beyond those in `breakdown`. */
  more: z.int(),
  warnings: z.object({
    /** Jobs with an attempt that was lost, timed out or was cancelled: its work may be done. */
    doubtful: z.int(),
    /** Pipelines, which go on with the step that failed. */
    pipelines: z.int(),
    /** Functions that no worker has at the moment, and how many of the jobs call them. */
    missingFunctions: z.array(z.object({ function: z.string(), count: z.int() })),
  }),
});
export type RunPreview = z.output<typeof runPreviewSchema>;

export const RUN_STATES = ["prepared", "running", "paused", "stopped", "aborted", "completed"] as const;
export type RunState = (typeof RUN_STATES)[number];
export const STOP_REASONS = ["same_error", "canary_failed", "canary_unclear"] as const;
export type StopReason = (typeof STOP_REASONS)[number];

const runOptions = {
  reason: line(1, 500),
  /** Jobs per minute; null for as fast as the queue takes them. */
  ratePerMinute: z.int().min(1).max(100_000).nullable().default(null),
};
const sources = {
  /** A prepared run … */
  run: z.uuid().toLowerCase().optional(),
  /** … or the jobs by name, which are frozen and started in one. */
  ids: z.array(z.uuid().toLowerCase()).min(1, "names no job").max(MAX_SELECTED_IDS).optional(),
};
type Sources = { run?: string | undefined; ids?: string[] | undefined };
const isOneSource = ({ run, ids }: Sources) => (run === undefined) !== (ids === undefined);
const ONE_SOURCE = { error: "is required, or ids, and not both", path: ["run"] };

/** Starts a requeue: why, how fast, how many first, and when it stops by itself. */
export const requeueInputSchema = z
  .strictObject({
    ...sources,
    ...runOptions,
    /** So many first; the others only when these have succeeded. Null for none. */
    canary: z.int().min(1).max(1_000).nullable().default(null),
    /** Stops when the error with which they died has come back in so many jobs; null for never. */
    stopAfter: z.int().min(1).max(MAX_RUN_ITEMS).nullable().default(10),
  })
  .refine(isOneSource, ONE_SOURCE);
export type RequeueInput = z.output<typeof requeueInputSchema>;

export const discardInputSchema = z
  .strictObject({ ...sources, ...runOptions })
  .refine(isOneSource, ONE_SOURCE);
export type DiscardInput = z.output<typeof discardInputSchema>;

/** Why a run is paused, taken up again or aborted; for the audit log. */
export const runControlSchema = z.strictObject({ reason: line(1, 500).optional() });

/** A frozen selection and what became of it. */
export const runSchema = z.object({
  id: z.uuid(),
  action: z.enum(RUN_ACTIONS),
  state: z.enum(RUN_STATES),
  /** As it was asked for; of jobs that were named the first 20, for all of them are in the run's items. */
  selection: selectionSchema,
  preview: runPreviewSchema,
  reason: z.string().nullable(),
  actor: z.string(),
  /** Of a run that an operator started in a support session: whether that lasts, or how it ended. Null for others. */
  support: z.enum(["inside", "left", "removed", "expired"]).nullable(),
  createdAt: time,
  /** Until when a prepared run can be started. */
  expiresAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  ratePerMinute: z.int().nullable(),
  canary: z.int().nullable(),
  canaryState: z.enum(["waiting", "passed", "failed"]).nullable(),
  stopAfter: z.int().nullable(),
  stopReason: z.enum(STOP_REASONS).nullable(),
  /** Whether it waits because the queue is full. */
  heldUp: z.boolean(),
  total: z.int(),
  done: z.int(),
  skipped: z.int(),
  failed: z.int(),
  /** Of those requeued: how they ended, and in how many the same error came back. */
  succeeded: z.int(),
  died: z.int(),
  otherEnds: z.int(),
  returned: z.int(),
});
export type Run = z.output<typeof runSchema>;

export const ITEM_VIEWS = ["waiting", "done", "skipped", "failed", "succeeded", "died", "returned"] as const;
export type ItemView = (typeof ITEM_VIEWS)[number];

export const runItemSchema = z.object({
  position: z.int(),
  jobId: z.uuid(),
  function: z.string(),
  outcome: z.enum(["waiting", "done", "skipped", "failed"]),
  /** Why it was skipped. */
  code: z.enum(["requeued", "discarded", "cancelled", "not_dead", "not_found"]).nullable(),
  /** Who had been faster, and when. */
  by: z.string().nullable(),
  byAt: time.nullable(),
  /** The state in which the run found it. */
  foundState: z.enum(JOB_STATES).nullable(),
  /** Why it failed. */
  error: z.string().nullable(),
  at: time.nullable(),
  /** Whether the error with which it had died came back. */
  returned: z.boolean(),
  verdict: z.enum(["succeeded", "died", "cancelled", "deleted"]).nullable(),
});
export type RunItem = z.output<typeof runItemSchema>;
