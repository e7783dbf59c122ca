import { z } from "zod";
import { line } from "#lib/contract/text.ts";
import { JOB_SORTS, jobFilters } from "#lib/jobs/schema.ts";

/** More views of one's own, or shared ones of a tenant, nobody finds anything in. */
export const MAX_VIEWS = 50;

/** What a view shows: a list's filters and order, as its address has them. */
export const viewFiltersSchema = z.strictObject({ ...jobFilters, sort: z.enum(JOB_SORTS).optional() });

const name = line(1, 80);
const shared = z.boolean();

export const newViewSchema = z.strictObject({
  name,
  filters: viewFiltersSchema,
  shared: shared.default(false),
});
export type NewView = z.output<typeof newViewSchema>;

export const viewChangeSchema = z
  .strictObject({ name: name.optional(), filters: viewFiltersSchema.optional(), shared: shared.optional() })
  .refine((change) => Object.keys(change).length > 0, "changes nothing");
export type ViewChange = z.output<typeof viewChangeSchema>;

export const viewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Whether every member of the tenant sees it. */
  shared: z.boolean(),
  /** Whether it is the reader's own. */
  own: z.boolean(),
  owner: z.string(),
  filters: viewFiltersSchema,
});
export type JobView = z.output<typeof viewSchema>;
