import { z } from "zod";
import { notFound } from "#lib/errors/domain-error.ts";
import { publish, rollBack } from "#lib/publishing/commands.ts";
import { getChanges, getPropagation, getRevision, listRevisions } from "#lib/publishing/queries.ts";
import {
  changesSchema,
  propagationSchema,
  publishSchema,
  revisionDetailSchema,
  revisionSchema,
  rollbackSchema,
} from "#lib/publishing/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

function revisionNumber(params: Record<string, string>): number {
  const text = params.number as string;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw notFound("revision");
  return Number(text);
}

export const publishingEndpoints: Endpoint[] = [
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/changes",
    summary: "Compare the draft with what is live",
    response: dataOf(changesSchema),
    handle: async ({ actor }) => ({ data: await getChanges(actor, undefined) }),
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
    path: "/tenants/{tenant}/revisions/{number}/propagation",
    summary: "Which gateways serve a revision, and since when",
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
      data: await rollBack(actor, { number: revisionNumber(params), note: body.note }),
    }),
  }),
];
