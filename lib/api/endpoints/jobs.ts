import { z } from "zod";
import { cancelJob, discardJob, retryJob, revealJob, setMaskRules } from "#lib/jobs/commands.ts";
import { getJob, getJobCount, getMaskRules, listAttempts, listJobs } from "#lib/jobs/queries.ts";
import {
  cappedCountSchema,
  JOB_SORTS,
  jobActionSchema,
  jobAttemptSchema,
  jobDetailSchema,
  jobFilters,
  jobRetrySchema,
  jobSchema,
  jobSummarySchema,
  maskRulesSchema,
  revealedJobSchema,
} from "#lib/jobs/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

const filters = jobFilters;

/** Looking through payloads or errors reads many jobs; every other filter is an index's. */
const listCost = (query: URLSearchParams) => (query.has("payload") || query.has("error") ? 5 : 1);
const sort = z.enum(JOB_SORTS).default("newest");

const ACTIONS = [
  {
    name: "cancel",
    run: cancelJob,
    summary: "Stop a job that waits for its turn or its next attempt, or that runs",
  },
  { name: "discard", run: discardJob, summary: "Put a dead job away for good" },
] as const;

export const jobEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/jobs",
    summary:
      "List jobs, newest first; q is a job id or the id of the request that made it, payload a value in what was enqueued (body.orderId=4711)",
    query: z.strictObject({ ...pageQuery, ...filters, sort }),
    cost: listCost,
    response: pageOf(jobSummarySchema),
    handle: ({ actor, query }) => listJobs(actor, query),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/jobs/count",
    summary: "Count jobs, no further than 10,000",
    query: z.strictObject(filters),
    cost: listCost,
    response: dataOf(cappedCountSchema),
    handle: async ({ actor, query }) => ({ data: await getJobCount(actor, query) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/jobs/{id}",
    summary:
      "Read one job with its whole story; secret-looking values are masked. payloads=false leaves input, results and what attempts left null",
    query: z.strictObject({ payloads: z.enum(["true", "false"]).default("true") }),
    response: dataOf(jobDetailSchema),
    handle: async ({ actor, params, query }) => ({
      data: await getJob(actor, { id: params.id as string, payloads: query.payloads === "true" }),
    }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/jobs/{id}/attempts",
    summary: "List a job's attempts with their errors and log lines, the latest first",
    query: z.strictObject(pageQuery),
    response: pageOf(jobAttemptSchema),
    handle: ({ actor, params, query }) => listAttempts(actor, { id: params.id as string, ...query }),
  }),
  tenantEndpoint("payload.reveal", {
    method: "POST",
    path: "/tenants/{tenant}/jobs/{id}/reveal",
    summary: "Read what a job holds with nothing masked; that it was read, by whom and why, is recorded",
    body: jobActionSchema,
    response: dataOf(revealedJobSchema),
    handle: async ({ actor, params, body }) => ({
      data: await revealJob(actor, { id: params.id as string, reason: body.reason }),
    }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/job-mask-rules",
    summary: "Read at which paths values of jobs are masked, beside those with telling names",
    response: dataOf(maskRulesSchema),
    handle: async ({ actor }) => ({ data: await getMaskRules(actor, undefined) }),
  }),
  tenantEndpoint("tenant.manage", {
    method: "PUT",
    path: "/tenants/{tenant}/job-mask-rules",
    summary: "Replace the paths at which values of jobs are masked; what is masked cannot be searched either",
    body: maskRulesSchema,
    response: dataOf(maskRulesSchema),
    handle: async ({ actor, body }) => ({ data: await setMaskRules(actor, body) }),
  }),
  tenantEndpoint("job.act", {
    method: "POST",
    path: "/tenants/{tenant}/jobs/{id}/retry",
    summary:
      "Send a dead job round again, under its own id; patch changes its payload before (JSON Patch or JSON Merge Patch)",
    body: jobRetrySchema,
    response: dataOf(jobSchema),
    handle: async ({ actor, params, body }) => ({
      data: await retryJob(actor, { id: params.id as string, reason: body.reason, patch: body.patch }),
    }),
  }),
  ...ACTIONS.map(({ name, run, summary }) =>
    tenantEndpoint("job.act", {
      method: "POST",
      path: `/tenants/{tenant}/jobs/{id}/${name}`,
      summary,
      body: jobActionSchema,
      response: dataOf(jobSchema),
      handle: async ({ actor, params, body }) => ({
        data: await run(actor, { id: params.id as string, reason: body.reason }),
      }),
    }),
  ),
];
