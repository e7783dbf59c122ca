import { z } from "zod";
import { METHODS } from "#lib/contract/methods.ts";
import { authSchema, corsSchema, routeFieldsSchema, routeSchema } from "#lib/contract/route.ts";
import { line } from "#lib/contract/text.ts";
import { AUTH_MODES, PUBLISHED, ROUTE_SORTS, TARGET_TYPES } from "./rules.ts";

const readOnly = { version: z.int(), createdAt: z.iso.datetime(), updatedAt: z.iso.datetime() };

/** A route of the draft as the API shows it: the whole document, its version and its dates. */
export const draftRouteSchema = routeSchema.extend(readOnly);
export type DraftRoute = z.output<typeof draftRouteSchema>;

/** The same in a list, with how it stands to what is live: not in it, in it otherwise, or in it just so. */
export const listedRouteSchema = draftRouteSchema.extend({ published: z.enum(PUBLISHED) });
export type ListedRoute = z.output<typeof listedRouteSchema>;

/** What POST takes. */
export const newRouteSchema = routeFieldsSchema;

/**
 * What PUT takes: what GET gave, edited. The read-only members may be sent back; `id` must be the route's own, and
 * `version` (or If-Match) says which version was edited.
 */
export const editedRouteSchema = routeFieldsSchema.extend({
  id: z.uuid().optional(),
  version: z.int().optional(),
  createdAt: z.iso.datetime().optional(),
  updatedAt: z.iso.datetime().optional(),
  published: z.enum(PUBLISHED).optional(),
});

const filters = {
  /** Words, each of which has to be in the method and path, the name, the id, the target or a tag. */
  q: line(0, 200).optional(),
  method: z.enum(METHODS).optional(),
  auth: z.enum(AUTH_MODES).optional(),
  tag: line(1, 64).optional(),
  target: z.enum(TARGET_TYPES).optional(),
  /** The path's first segment, with its slash. */
  prefix: line(1, 1_024).startsWith("/", "starts with /").optional(),
};

/** The filters as a query string has them. */
export const routeFilters = {
  ...filters,
  enabled: z.stringbool({ truthy: ["true"], falsy: ["false"] }).optional(),
};
export const routeSort = z.enum(ROUTE_SORTS).default("path");

/** The same in a body. */
export const routeFiltersSchema = z.strictObject({ ...filters, enabled: z.boolean().optional() });
export type RouteFilters = z.output<typeof routeFiltersSchema>;

const facet = z.array(z.object({ value: z.string(), count: z.int() }));
/** What the draft can be filtered by: its first segments and its tags, with how many routes have each. */
export const facetsSchema = z.object({ prefixes: facet, tags: facet });
export type Facets = z.output<typeof facetsSchema>;

/** Routes that one bulk change takes at most. */
export const MAX_BULK = 10_000;

const cors = corsSchema.shape;
const tagList = z.array(line(1, 64)).max(20);
const { auth: _auth, rateLimit, corsEnabled } = routeFieldsSchema.shape;

/** What is set on many routes at once; what is left out stays as it is in each of them. */
export const bulkChangeSchema = z
  .strictObject({
    auth: authSchema.optional(),
    rateLimit: rateLimit.unwrap().optional(),
    corsEnabled: corsEnabled.unwrap().optional(),
    cors: z
      .strictObject({
        allowOrigins: cors.allowOrigins.unwrap().optional(),
        allowMethods: cors.allowMethods.unwrap().optional(),
        allowHeaders: cors.allowHeaders.unwrap().optional(),
        exposeHeaders: cors.exposeHeaders.unwrap().optional(),
        allowCredentials: cors.allowCredentials.unwrap().optional(),
        maxAgeSeconds: cors.maxAgeSeconds.unwrap().optional(),
      })
      .optional(),
    enabled: z.boolean().optional(),
    addTags: tagList.optional(),
    removeTags: tagList.optional(),
    setTags: tagList.optional(),
    /** Takes the routes out of the draft; goes with nothing else. */
    delete: z.literal(true).optional(),
  })
  .superRefine((change, context) => {
    const given = Object.values(change).filter((value) => value !== undefined).length;
    const refuse = (message: string, path: string[] = []) =>
      context.addIssue({ code: "custom", message, path });
    if (given === 0) refuse("changes nothing: name what is to be set");
    if (change.delete && given > 1) refuse("goes with no other change", ["delete"]);
    if (change.setTags && (change.addTags || change.removeTags)) {
      refuse("replaces all tags, so none can be added or removed", ["setTags"]);
    }
    const both = change.addTags?.find((tag) => change.removeTags?.includes(tag));
    if (both !== undefined) refuse(`adds and removes ${both}`, ["addTags"]);
  });
export type BulkChange = z.output<typeof bulkChangeSchema>;

export const bulkSchema = z
  .strictObject({
    ids: z
      .array(z.uuid().toLowerCase())
      .min(1, "names no route")
      .max(MAX_BULK, `holds more than ${MAX_BULK.toLocaleString("en")} routes`)
      .optional(),
    filter: routeFiltersSchema.optional(),
    change: bulkChangeSchema,
    /** Says what would change and changes nothing. */
    dryRun: z.boolean().default(false),
    /** What the dry run said: the draft's version and how many routes change. Needed unless it is one. */
    draftVersion: z.int().optional(),
    count: z.int().optional(),
  })
  .superRefine((input, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: "custom", message, path: [path] });
    if (Boolean(input.ids) === Boolean(input.filter)) refuse("ids", "give either ids or a filter");
    if (input.dryRun) return;
    if (input.draftVersion === undefined) refuse("draftVersion", "is required: the dry run's");
    if (input.count === undefined) refuse("count", "is required: how many the dry run would change");
  });
export type BulkInput = z.output<typeof bulkSchema>;

/** What a bulk change does or did. Lists hold the first hundred; the counts are exact. */
export const bulkResultSchema = z.object({
  dryRun: z.boolean(),
  draftVersion: z.int(),
  /** Routes that change, that are as wanted already, and that stay as they are for a reason. */
  changed: z.int(),
  unchanged: z.int(),
  skipped: z.int(),
  preview: z.array(
    z.object({
      id: z.uuid(),
      method: z.string(),
      path: z.string(),
      changes: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
    }),
  ),
  skips: z.array(
    z.object({
      id: z.uuid(),
      method: z.string().nullable(),
      path: z.string().nullable(),
      reason: z.string(),
    }),
  ),
  warnings: z.array(z.object({ code: z.string(), count: z.int(), message: z.string() })),
  /** What takes it back while nobody edits the draft; null when nothing was changed. */
  undoId: z.uuid().nullable(),
});
export type BulkResult = z.output<typeof bulkResultSchema>;

/** A JSON Schema to try, of any shape: what is wrong with it is the answer. */
export const schemaCheckSchema = z.strictObject({
  schema: z.unknown(),
  /** A body or a query as a caller would send it; null to look at the schema alone. */
  sample: z
    .string()
    .max(1_048_576, "is longer than 1,048,576 characters")
    .refine((text) => !text.includes("\u0000"), "has a NUL character")
    .nullable(),
  kind: z.enum(["body", "query"]),
});
export type SchemaCheckInput = z.output<typeof schemaCheckSchema>;
const place = z.object({ path: z.string(), message: z.string() });
export const schemaCheckedSchema = z.object({ problem: place.nullable(), errors: z.array(place) });
export type SchemaCheckResult = z.output<typeof schemaCheckedSchema>;
