import { z } from "zod";
import { controlRun, prepareRun, startDiscard, startRequeue } from "#lib/dead-letters/commands.ts";
import {
  getGroup,
  getRun,
  getSummary,
  listGroups,
  listRunItems,
  listRuns,
} from "#lib/dead-letters/queries.ts";
import { RUN_CONTROLS } from "#lib/dead-letters/rules.ts";
import {
  deadLetterGroupDetailSchema,
  deadLetterGroupSchema,
  deadLetterSummarySchema,
  discardInputSchema,
  groupFilters,
  ITEM_VIEWS,
  previewInputSchema,
  requeueInputSchema,
  runControlSchema,
  runItemSchema,
  runSchema,
} from "#lib/dead-letters/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

const BASE = "/tenants/{tenant}/dead-letters";
const { sort: _sort, ...narrowing } = groupFilters;
const idOf = (params: Record<string, string>) => params.id as string;

const CONTROLS = {
  pause: "Pause a run; what is under way comes to its end",
  resume: "Take a paused run up again",
  abort: "End a run; no further job is touched",
} as const;

export const deadLetterEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: `${BASE}/groups`,
    summary: "List dead jobs by their cause; q is a part of the message, or a function",
    query: z.strictObject({ ...pageQuery, ...groupFilters }),
    response: pageOf(deadLetterGroupSchema),
    handle: ({ actor, query }) => listGroups(actor, query),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: `${BASE}/summary`,
    summary: "Count groups and dead jobs",
    query: z.strictObject(narrowing),
    response: dataOf(deadLetterSummarySchema),
    handle: async ({ actor, query }) => ({ data: await getSummary(actor, query) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: `${BASE}/groups/{fingerprint}`,
    summary: "Read one group with its story, where its jobs came from and examples",
    response: dataOf(deadLetterGroupDetailSchema),
    handle: async ({ actor, params }) => ({
      data: await getGroup(actor, { fingerprint: params.fingerprint as string }),
    }),
  }),
  tenantEndpoint("job.act", {
    method: "POST",
    path: `${BASE}/preview`,
    summary: "Freeze a selection of dead jobs and say exactly what would be done; gives a run to start",
    body: previewInputSchema,
    response: dataOf(runSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await prepareRun(actor, body) }),
  }),
  tenantEndpoint("job.act", {
    method: "POST",
    path: `${BASE}/requeue`,
    summary: "Start a prepared run that sends dead jobs round again, or name the jobs",
    body: requeueInputSchema,
    response: dataOf(runSchema),
    status: 202,
    handle: async ({ actor, body }) => ({ data: await startRequeue(actor, body) }),
  }),
  tenantEndpoint("job.act", {
    method: "POST",
    path: `${BASE}/discard`,
    summary: "Start a prepared run that puts dead jobs away for good, or name the jobs",
    body: discardInputSchema,
    response: dataOf(runSchema),
    status: 202,
    handle: async ({ actor, body }) => ({ data: await startDiscard(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: `${BASE}/runs`,
    summary: "List runs, newest first; open=1 gives those that are not over",
    query: z.strictObject({ ...pageQuery, open: z.literal("1").optional() }),
    response: pageOf(runSchema),
    handle: ({ actor, query }) => listRuns(actor, query),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: `${BASE}/runs/{id}`,
    summary: "Read one run with its progress",
    response: dataOf(runSchema),
    handle: async ({ actor, params }) => ({ data: await getRun(actor, { id: idOf(params) }) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: `${BASE}/runs/{id}/items`,
    summary: "List a run's jobs with what became of each, skips and failures with their reasons",
    query: z.strictObject({ ...pageQuery, view: z.enum(ITEM_VIEWS).optional() }),
    response: pageOf(runItemSchema),
    handle: ({ actor, params, query }) => listRunItems(actor, { id: idOf(params), ...query }),
  }),
  ...RUN_CONTROLS.map((control) =>
    tenantEndpoint("job.act", {
      method: "POST",
      path: `${BASE}/runs/{id}/${control}`,
      summary: CONTROLS[control],
      body: runControlSchema,
      response: dataOf(runSchema),
      handle: async ({ actor, params, body }) => ({
        data: await controlRun(actor, { id: idOf(params), control, ...body }),
      }),
    }),
  ),
];
