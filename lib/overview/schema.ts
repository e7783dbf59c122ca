import { z } from "zod";
import { JOB_STATES } from "#lib/contract/jobs.ts";
import { cappedCountSchema } from "#lib/jobs/schema.ts";

export const overviewSchema = z.object({
  routes: z.int(),
  activeKeys: cappedCountSchema,
  jobs: z.record(z.enum(JOB_STATES), cappedCountSchema),
});
export type Overview = z.output<typeof overviewSchema>;
