import { z } from "zod";
import { moment } from "#lib/contract/moment.ts";
import { line } from "#lib/contract/text.ts";

/** What the log can be narrowed to. Everything given must hold. */
export const auditFilters = {
  /** The beginning of who did it, the ID of a target, request or token, an address, or words of an action. */
  q: line(0, 200).optional(),
  /** The beginning of the actor's label: an e-mail address, or the name of a token. */
  actor: line(0, 200).optional(),
  /** One action, `route.update`, or all of a kind, `route`. */
  action: line(0, 64).optional(),
  /** The ID of what it happened to. */
  target: line(0, 200).optional(),
  /** The request that did it. */
  request: line(0, 128).optional(),
  /** At this moment or later. */
  from: moment.optional(),
  /** Before this moment. */
  to: moment.optional(),
  /** Only what operators did on support sessions. */
  support: z.literal("1").optional(),
};
export type AuditFilters = { [Name in keyof typeof auditFilters]?: string | undefined };
export const FILTER_NAMES = Object.keys(auditFilters) as (keyof typeof auditFilters)[];

export const actorSchema = z.object({
  /** `user`, `token` or `system`. */
  type: z.string(),
  id: z.string().nullable(),
  /** The access token that was used; null without one, and in entries from before this was kept. */
  tokenId: z.uuid().nullable(),
  label: z.string(),
});

/** One entry as a list shows it. */
export const auditEntrySchema = z.object({
  id: z.uuid(),
  /** Its number in the tenant's chain. */
  seq: z.number().int().nullable(),
  at: z.iso.datetime(),
  actor: actorSchema,
  action: z.string(),
  target: z.object({
    type: z.string(),
    id: z.string(),
    /** What it was called at the time, where the entry says so. */
    name: z.string().nullable(),
  }),
  reason: z.string().nullable(),
  requestId: z.string(),
  ip: z.string(),
  supportSessionId: z.string().nullable(),
});
export type AuditEntry = z.output<typeof auditEntrySchema>;

export const auditEntryDetailSchema = auditEntrySchema.extend({
  before: z.json(),
  after: z.json(),
  /** SHA-256 of the entry and of all before it, in hexadecimal. */
  hash: z.string().nullable(),
});
export type AuditEntryDetail = z.output<typeof auditEntryDetailSchema>;

/** What there is to choose from. */
export const auditChoicesSchema = z.object({ actions: z.array(z.string()), actors: z.array(z.string()) });
export type AuditChoices = z.output<typeof auditChoicesSchema>;

/** What recomputing a part of the chain came to. */
export const chainCheckSchema = z.object({
  /** The last entry that was recomputed; the next part begins behind it. */
  verifiedTo: z.number().int(),
  /** The last entry that there is. */
  end: z.number().int(),
  done: z.boolean(),
  /** The first that is not as it was written. */
  flaw: z.object({ seq: z.number().int(), entryId: z.string().nullable(), what: z.string() }).nullable(),
});
export type ChainCheck = z.output<typeof chainCheckSchema>;

export const EXPORT_FORMATS = ["jsonl", "csv"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
