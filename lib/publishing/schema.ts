import { z } from "zod";
import { SEVERITIES } from "#lib/contract/lint/finding.ts";
import { routeSchema } from "#lib/contract/route.ts";
import { line, paragraph } from "#lib/contract/text.ts";
import { CHANGE_KINDS, EFFECTS } from "./rules.ts";

/** More routes than this are not taken into a draft at once. */
export const MAX_IMPORTED_ROUTES = 20_000;

const counts = z.object({ total: z.int(), added: z.int(), changed: z.int(), removed: z.int() });

/** Two sets of routes that can be compared: revisions by number, what is live, and the draft. */
const side = z.union([
  z.enum(["live", "draft"]),
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, "is not live, draft or the number of a revision")
    .transform(Number),
]);
export type Side = z.output<typeof side>;
export const sidesQuery = { from: side.default("live"), to: side.default("draft") };
export const changeFilters = {
  kind: z.enum(CHANGE_KINDS).optional(),
  effect: z.enum(EFFECTS).optional(),
  q: line(0, 200).optional(),
};

/** One route that differs between two sides, in words. `was` is where it was when it moved. */
export const routeChangeSchema = z.object({
  kind: z.enum(CHANGE_KINDS),
  routeId: z.uuid(),
  method: z.string(),
  path: z.string(),
  was: z.object({ method: z.string(), path: z.string() }).nullable(),
  effects: z.array(z.enum(EFFECTS)),
  /** Names and values stand between backticks. */
  sentences: z.array(z.object({ field: z.string(), text: z.string() })),
});
export type RouteChange = z.output<typeof routeChangeSchema>;

/** One change with the whole document of both sides. */
export const routeChangeDetailSchema = routeChangeSchema.extend({
  before: routeSchema.nullable(),
  after: routeSchema.nullable(),
});
export type RouteChangeDetail = z.output<typeof routeChangeDetailSchema>;

/** What stands in the way of publishing; `routeId` is the route at which to mend it. */
export const publishProblemSchema = z.object({ routeId: z.uuid(), message: z.string() });
export type PublishProblem = z.output<typeof publishProblemSchema>;

/** Something that lint found; see docs/lint.md for each code. */
export const findingSchema = z.object({
  code: z.string(),
  severity: z.enum(SEVERITIES),
  routeId: z.uuid().nullable(),
  field: z.string().nullable(),
  message: z.string(),
  others: z.array(z.object({ id: z.uuid(), method: z.string(), path: z.string() })),
});
/** The same with the name of the route that it is about, as the draft has it. */
const namedFindingSchema = findingSchema.extend({
  route: z.object({ method: z.string(), path: z.string() }).nullable(),
});
export type NamedFinding = z.output<typeof namedFindingSchema>;
const findingCounts = z.array(z.object({ code: z.string(), severity: z.enum(SEVERITIES), count: z.int() }));
/** What lint says about publishing the draft: the errors that block it and the warnings that it asks about. */
export const findingsSummarySchema = z.object({
  errors: z.int(),
  /** All warnings of the draft; those on routes that are live as they are do not ask. */
  warnings: z.int(),
  asking: z.int(),
  byCode: findingCounts,
  /** The first hundred that block or ask. */
  data: z.array(namedFindingSchema),
});
export type FindingsSummary = z.output<typeof findingsSummarySchema>;
export const draftFindingsSchema = z.object({
  draftVersion: z.int(),
  errors: z.int(),
  warnings: z.int(),
  infos: z.int(),
  byCode: findingCounts,
  /** The first five hundred, errors first. */
  findings: z.array(namedFindingSchema),
});
export type DraftFindings = z.output<typeof draftFindingsSchema>;
export const candidateSchema = z.strictObject({
  /** The route that the candidate would replace; null for a new one. */
  id: z.uuid().toLowerCase().nullable(),
  /** A route document, finished or not: whatever is wrong with it is answered as a finding. */
  route: z.unknown(),
});
export const candidateFindingsSchema = z.object({ findings: z.array(findingSchema) });

/** How the draft differs from what is live, in numbers, and what stands in the way. The routes are a list of their own. */
export const changesSchema = z.object({
  draftVersion: z.int(),
  draftUpdatedAt: z.iso.datetime(),
  liveRevision: z.int().nullable(),
  counts,
  /** The first hundred. */
  problems: z.array(publishProblemSchema),
  problemCount: z.int(),
  findings: findingsSummarySchema,
  /** The change of many routes at once that can still be taken back, because nobody has edited the draft since. */
  undo: z.object({ id: z.uuid(), routes: z.int(), madeAt: z.iso.datetime() }).nullable(),
});
export type Changes = z.output<typeof changesSchema>;

const sample = z.object({
  count: z.int(),
  routes: z.array(z.object({ method: z.string(), path: z.string() })),
});
const keyEffectSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  lastUsedAt: z.iso.datetime().nullable(),
  /** Of the routes that change or go, the one that it called last; as it is called now. */
  lastCalled: z.object({ method: z.string(), path: z.string(), at: z.iso.datetime() }).nullable(),
  loses: sample,
  gains: sample,
});
export type KeyEffect = z.output<typeof keyEffectSchema>;

/** What a difference does to callers: routes by effect, and the keys that lose or gain routes. */
export const effectsSchema = z.object({
  counts,
  routes: z.record(z.enum(EFFECTS), z.int()),
  /** What becomes of a key that no route names and that may make any request. */
  anyKey: z.object({ loses: sample, gains: sample }),
  keys: z.object({
    /** Keys that lose a route, those used most recently first, then keys that only gain. */
    data: z.array(keyEffectSchema),
    losing: z.int(),
    gaining: z.int(),
    /** How many active keys were looked at, and how many there are (at most 10,001 are counted). */
    examined: z.int(),
    active: z.int(),
  }),
});
export type Effects = z.output<typeof effectsSchema>;

export const revisionSchema = z.object({
  number: z.int(),
  hash: z.string(),
  routeCount: z.int(),
  note: z.string(),
  rolledBackFrom: z.int().nullable(),
  publishedAt: z.iso.datetime(),
  publishedBy: z.string(),
  live: z.boolean(),
});
export type Revision = z.output<typeof revisionSchema>;

export const revisionDetailSchema = revisionSchema.extend({ content: z.json() });

/** A revision as one document: whoever imports it and publishes has the same hash. */
export const revisionDocumentSchema = z.object({
  format: z.literal(1),
  hash: z.string(),
  routes: z.array(z.json()),
});

/** How far a revision has come: each gateway, and when the database took down that it serves it. */
export const propagationSchema = z.object({
  number: z.int(),
  publishedAt: z.iso.datetime(),
  gateways: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      state: z.enum(["serving", "waiting", "refused", "superseded", "silent"]),
      /** Milliseconds from storing the revision to storing this gateway's answer, both by the database's clock; null
       * where there is no answer, or the gateway started later. */
      afterMs: z.int().nullable(),
      /** What it serves, as far as it has said. */
      revision: z.int().nullable(),
      lastSeenAt: z.iso.datetime(),
      /** How long ago that was, by the database's clock. */
      silentMs: z.int(),
      error: z.string().nullable(),
    }),
  ),
});
export type Propagation = z.output<typeof propagationSchema>;

export const publishSchema = z.strictObject({
  /** The draft that was reviewed; publishing another one is a conflict. */
  draftVersion: z.int(),
  /** What was live during the review, null for nothing; a conflict when something else is. Left out: not checked. */
  liveRevision: z.int().nullable().optional(),
  note: paragraph(1_000).default(""),
  /** Keys of findings, as the API names them, or codes that stand for every warning of their kind. */
  acceptWarnings: z.array(z.string().max(500)).max(10_000).default([]),
});

export const rollbackSchema = z.strictObject({
  note: paragraph(1_000).default(""),
  /** As in publishing. */
  liveRevision: z.int().nullable().optional(),
});

/** Makes the draft, or some of its routes, what a revision says; null is the one that is live. */
export const resetDraftSchema = z.strictObject({
  draftVersion: z.int(),
  revision: z.int().min(1).max(999_999_999).nullable(),
  /** Null: every route. */
  routeIds: z.array(z.uuid().toLowerCase()).min(1).max(10_000).nullable(),
});
export const undoDraftSchema = z.strictObject({ undoId: z.uuid() });

/** What was done to the draft, and what takes it back while nobody edits it; null when nothing was changed. */
export const draftChangedSchema = z.object({ draftVersion: z.int(), counts, undoId: z.uuid().nullable() });
export type DraftChanged = z.output<typeof draftChangedSchema>;

/** The document of an export. The routes are checked one by one, so that the first wrong one can be named. */
export const importSchema = z.strictObject({
  format: z.literal(1, "is not 1: this is not an export that this version can read"),
  hash: z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256 in lower-case hex"),
  routes: z
    .array(z.unknown())
    .max(MAX_IMPORTED_ROUTES, `holds more than ${MAX_IMPORTED_ROUTES.toLocaleString("en")} routes`),
});
export type ImportDocument = z.output<typeof importSchema>;
export const importQuery = {
  /** Says what would change and changes nothing. */
  dryRun: z.stringbool().default(false),
  /** The draft that the import was looked at against; needed unless it is a dry run. */
  draftVersion: z.coerce.number().int().optional(),
};
export const importedSchema = draftChangedSchema.extend({
  dryRun: z.boolean(),
  changes: z.array(routeChangeSchema),
});
export type Imported = z.output<typeof importedSchema>;
