import { z } from "zod";
import { JOB_STATES } from "#lib/contract/jobs.ts";
import { cappedCountSchema } from "#lib/jobs/schema.ts";

export const overviewSchema = z.object({
  routes: z.int(),
  activeKeys: cappedCountSchema,
  /** Keys that end within 30 days and have no successor; `first` is when the next of them does. */
  expiringKeys: cappedCountSchema.extend({ first: z.iso.datetime().nullable() }),
  /** What gateways refused with a 4xx in the last hour, most frequent first. */
  refusals: z.object({
    total: cappedCountSchema,
    byCode: z.array(z.object({ code: z.string(), count: z.int() })),
    /** Refused beyond what is written down one by one. */
    unrecorded: z.int(),
  }),
  jobs: z.record(z.enum(JOB_STATES), cappedCountSchema),
});
export type Overview = z.output<typeof overviewSchema>;
