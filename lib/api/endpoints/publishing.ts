import { z } from "zod";
import { notFound } from "#lib/errors/domain-error.ts";
import { importRevision, publish, resetDraft, rollBack, undoDraft } from "#lib/publishing/commands.ts";
import {
  exportRevision,
  getChange,
  getChanges,
  getEffects,
  getFindings,
  getPropagation,
  getRevision,
  lintOne,
  listChanges,
  listRevisions,
} from "#lib/publishing/queries.ts";
import {
  candidateFindingsSchema,
  candidateSchema,
  changeFilters,
  changesSchema,
  draftChangedSchema,
  draftFindingsSchema,
  effectsSchema,
  importedSchema,
  importQuery,
  importSchema,
  propagationSchema,
  publishSchema,
  resetDraftSchema,
  revisionDetailSchema,
  revisionDocumentSchema,
  revisionSchema,
  rollbackSchema,
  routeChangeDetailSchema,
  routeChangeSchema,
  sidesQuery,
  undoDraftSchema,
} from "#lib/publishing/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";
import { MAX_ROUTE_BYTES } from "./routes.ts";

/** An export of 20,000 ordinary routes. */
const MAX_IMPORT_BYTES = 16 * 1024 * 1024;

function revisionNumber(params: Record<string, string>): number {
  const text = params.number as string;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw notFound("revision");
  return Number(text);
}

export const publishingEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/changes",
    summary: "How the draft differs from what is live, in numbers, and what stands in the way of publishing",
    response: dataOf(changesSchema),
    handle: async ({ actor }) => ({ data: await getChanges(actor, undefined) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/lint",
    summary: "What is wrong or surprising in the draft: errors block publishing, warnings ask",
    response: dataOf(draftFindingsSchema),
    handle: async ({ actor }) => ({ data: await getFindings(actor, undefined) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "POST",
    path: "/tenants/{tenant}/lint",
    summary:
      "What would be wrong or surprising at one route if the draft held it like this; nothing is stored",
    body: candidateSchema,
    maxBodyBytes: MAX_ROUTE_BYTES,
    response: dataOf(candidateFindingsSchema),
    handle: async ({ actor, body }) => ({ data: await lintOne(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/changes/routes",
    summary: "List the routes that differ between two revisions, what is live or the draft, in words",
    query: z.strictObject({ ...sidesQuery, ...changeFilters, ...pageQuery }),
    response: pageOf(routeChangeSchema),
    handle: ({ actor, query }) => listChanges(actor, query),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/changes/effects",
    summary: "What a difference does to callers: routes that open or close, keys that lose or gain",
    cost: 5,
    query: z.strictObject(sidesQuery),
    response: dataOf(effectsSchema),
    handle: async ({ actor, query }) => ({ data: await getEffects(actor, query) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/changes/{id}",
    summary: "Read one change with the route's document before and after",
    query: z.strictObject(sidesQuery),
    response: dataOf(routeChangeDetailSchema),
    handle: async ({ actor, params, query }) => ({
      data: await getChange(actor, { ...query, id: (params.id as string).toLowerCase() }),
    }),
  }),
  tenantEndpoint("draft.edit", {
    method: "POST",
    path: "/tenants/{tenant}/draft/reset",
    summary: "Make the draft, or some of its routes, what a revision says",
    body: resetDraftSchema,
    response: dataOf(draftChangedSchema),
    handle: async ({ actor, body }) => ({ data: await resetDraft(actor, body) }),
  }),
  tenantEndpoint("draft.edit", {
    method: "POST",
    path: "/tenants/{tenant}/draft/undo",
    summary: "Take back a reset or an import, while nobody has edited the draft since",
    body: undoDraftSchema,
    response: dataOf(draftChangedSchema),
    handle: async ({ actor, body }) => ({ data: await undoDraft(actor, body) }),
  }),
  tenantEndpoint("draft.edit", {
    method: "POST",
    path: "/tenants/{tenant}/draft/import",
    summary: "Replace the draft with an exported revision, or say what that would change",
    cost: 10,
    query: z.strictObject(importQuery),
    body: importSchema,
    maxBodyBytes: MAX_IMPORT_BYTES,
    response: dataOf(importedSchema),
    handle: async ({ actor, query, body }) => ({
      data: await importRevision(actor, { document: body, ...query }),
    }),
  }),
  tenantEndpoint("revision.publish", {
    method: "POST",
    path: "/tenants/{tenant}/publish",
    summary: "Freeze the draft as the next revision and make it live",
    body: publishSchema,
    response: dataOf(revisionSchema),
    status: 201,
    handle: async ({ actor, body }) => ({ data: await publish(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/revisions",
    summary: "List revisions, newest first",
    query: z.strictObject(pageQuery),
    response: pageOf(revisionSchema),
    handle: ({ actor, query }) => listRevisions(actor, query),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/revisions/{number}",
    summary: "Read one revision with its content",
    response: dataOf(revisionDetailSchema),
    handle: async ({ actor, params }) => ({
      data: await getRevision(actor, { number: revisionNumber(params) }),
    }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/revisions/{number}/export",
    summary: "A revision as one document, as it is: importing it and publishing gives the same hash",
    cost: 10,
    response: revisionDocumentSchema,
    handle: ({ actor, params }) => exportRevision(actor, { number: revisionNumber(params) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/revisions/{number}/propagation",
    summary: "Which gateways serve a revision, and how soon they did",
    response: dataOf(propagationSchema),
    handle: async ({ actor, params }) => ({
      data: await getPropagation(actor, { number: revisionNumber(params) }),
    }),
  }),
  tenantEndpoint("revision.publish", {
    method: "POST",
    path: "/tenants/{tenant}/revisions/{number}/rollback",
    summary: "Publish an older revision's content again",
    body: rollbackSchema,
    response: dataOf(revisionSchema),
    status: 201,
    handle: async ({ actor, params, body }) => ({
      data: await rollBack(actor, { number: revisionNumber(params), ...body }),
    }),
  }),
];
