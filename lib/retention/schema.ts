import { z } from "zod";
import { MAX_RETENTION_DAYS, MIN_RETENTION_DAYS } from "#lib/contract/job-retention.ts";

const days = z
  .int("needs a whole number of days")
  .min(MIN_RETENTION_DAYS, `must be at least ${MIN_RETENTION_DAYS}`)
  .max(MAX_RETENTION_DAYS, `must be at most ${MAX_RETENTION_DAYS}`);

/** For how many days after its end a job is kept, by how it ended. */
export const keptDays = { succeeded: days, dead: days, closed: days };

export const jobSettingsSchema = z.object({
  /** Days; `closed` is for cancelled and discarded jobs. */
  retentionDays: z.object(keptDays),
  /** Goes up with every change; 0 while the tenant has the defaults. */
  version: z.int(),
});
export type JobSettings = z.output<typeof jobSettingsSchema>;

export const editedJobSettingsSchema = z.strictObject({
  retentionDays: z.strictObject(keptDays),
  /** That of the settings which the person saw. */
  version: z.int().min(0),
});
export type EditedJobSettings = z.output<typeof editedJobSettingsSchema>;

/** Days from a query string. */
const asked = z.coerce.number().pipe(days);
export const retentionPreviewQuery = z.strictObject({ succeeded: asked, dead: asked, closed: asked });
export type RetentionPreviewQuery = z.output<typeof retentionPreviewQuery>;

/** What hold and release take: why, for the job's history and the audit log. */
export const HOLD_ACTIONS = ["hold", "release"] as const;
export type HoldAction = (typeof HOLD_ACTIONS)[number];

const time = z.iso.datetime();

/** Until when a job is kept, and who keeps it longer. */
export const jobRetentionSchema = z.object({
  /** When it is deleted, with all that belongs to it; null while it has not ended, and while it is held. */
  deletesAt: time.nullable(),
  held: z.object({ at: time, by: z.string(), reason: z.string() }).nullable(),
});
export type JobRetention = z.output<typeof jobRetentionSchema>;

/** What the reconciler found out of step, and put right by itself. */
export const REPAIR_KINDS = [
  "dispatch_missing",
  "dispatch_stuck",
  "dispatch_orphaned",
  "lease_missing",
  "attempt_left_open",
] as const;
export type RepairKind = (typeof REPAIR_KINDS)[number];

/** Repairs of one kind in the last 24 hours. */
export const jobRepairSchema = z.object({
  kind: z.enum(REPAIR_KINDS),
  count: z.int(),
  lastAt: time,
  /** One of the jobs; it may be gone by now. */
  jobId: z.uuid().nullable(),
});
export type JobRepair = z.output<typeof jobRepairSchema>;
