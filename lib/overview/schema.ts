import { z } from "zod";
import { JOB_STATES } from "#lib/contract/jobs.ts";

/** A count that is exact up to `10_000` and says so beyond. */
export const cappedCountSchema = z.object({ count: z.int(), capped: z.boolean() });

export const overviewSchema = z.object({
  routes: z.int(),
  activeKeys: cappedCountSchema,
  jobs: z.record(z.enum(JOB_STATES), cappedCountSchema),
});
export type Overview = z.output<typeof overviewSchema>;
