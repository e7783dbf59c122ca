import { z } from "zod";
import { cappedCountSchema, jobActionSchema } from "#lib/jobs/schema.ts";
import { holdJob, releaseJob, saveJobSettings } from "#lib/retention/commands.ts";
import { getJobSettings, listRepairs, previewRetention } from "#lib/retention/queries.ts";
import {
  editedJobSettingsSchema,
  jobRepairSchema,
  jobRetentionSchema,
  jobSettingsSchema,
  retentionPreviewQuery,
} from "#lib/retention/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf } from "../page.ts";

const HOLDS = [
  { name: "hold", run: holdJob, summary: "Keep a job from being deleted until it is released" },
  { name: "release", run: releaseJob, summary: "Let a held job be deleted when its time has come" },
] as const;

export const jobRetentionEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/job-settings",
    summary: "For how many days ended jobs are kept; cancelled and discarded ones are closed",
    response: dataOf(jobSettingsSchema),
    handle: async ({ actor }) => ({ data: await getJobSettings(actor, undefined) }),
  }),
  tenantEndpoint("tenant.manage", {
    method: "PUT",
    path: "/tenants/{tenant}/job-settings",
    summary:
      "Say for how many days ended jobs are kept; older ones are deleted within minutes, held ones never",
    body: editedJobSettingsSchema,
    response: dataOf(jobSettingsSchema),
    handle: async ({ actor, body }) => ({ data: await saveJobSettings(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/job-settings/preview",
    summary:
      "Count the jobs that would be deleted at once if they were kept for only so many days, up to 10,000",
    query: retentionPreviewQuery,
    response: dataOf(cappedCountSchema),
    handle: async ({ actor, query }) => ({ data: await previewRetention(actor, query) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/job-repairs",
    summary: "What was out of step between jobs and their queue in the last 24 hours, and was put right",
    response: z.object({ data: z.array(jobRepairSchema), next_cursor: z.null() }),
    handle: async ({ actor }) => ({ data: await listRepairs(actor, undefined), next_cursor: null }),
  }),
  ...HOLDS.map(({ name, run, summary }) =>
    tenantEndpoint("job.act", {
      method: "POST",
      path: `/tenants/{tenant}/jobs/{id}/${name}`,
      summary,
      body: jobActionSchema,
      response: dataOf(jobRetentionSchema),
      handle: async ({ actor, params, body }) => ({
        data: await run(actor, { id: params.id as string, reason: body.reason }),
      }),
    }),
  ),
];
