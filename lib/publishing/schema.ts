import { z } from "zod";
import { paragraph } from "#lib/contract/text.ts";

/** One route that publishing would add, remove or change; for a change, the fields that differ. */
export const routeChangeSchema = z.object({
  kind: z.enum(["added", "removed", "changed"]),
  routeId: z.uuid(),
  method: z.string(),
  path: z.string(),
  fields: z.array(z.object({ field: z.string(), before: z.json(), after: z.json() })),
});
export type RouteChange = z.output<typeof routeChangeSchema>;

/** What stands in the way of publishing; `routeId` is the route at which to mend it. */
export const publishProblemSchema = z.object({ routeId: z.uuid(), message: z.string() });
export type PublishProblem = z.output<typeof publishProblemSchema>;

export const changesSchema = z.object({
  draftVersion: z.int(),
  liveRevision: z.int().nullable(),
  changes: z.array(routeChangeSchema),
  problems: z.array(publishProblemSchema),
});
export type Changes = z.output<typeof changesSchema>;

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

/** How far a revision has come: each running gateway, and when it began to serve it. */
export const propagationSchema = z.object({
  number: z.int(),
  publishedAt: z.iso.datetime(),
  gateways: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      state: z.enum(["serving", "waiting", "refused", "superseded"]),
      since: z.iso.datetime().nullable(),
      error: z.string().nullable(),
    }),
  ),
});

export const publishSchema = z.strictObject({
  /** The draft that was reviewed; publishing another one is a conflict. */
  draftVersion: z.int(),
  note: paragraph(1_000).default(""),
});

export const rollbackSchema = z.strictObject({ note: paragraph(1_000).default("") });
