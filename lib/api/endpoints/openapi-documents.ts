import { z } from "zod";
import { notFound } from "#lib/errors/domain-error.ts";
import { importOpenApi } from "#lib/openapi/commands.ts";
import { exportRevision, exportRevisionAsYaml, previewOpenApi } from "#lib/openapi/queries.ts";
import {
  importedSchema,
  importOpenApiSchema,
  openApiPreviewSchema,
  previewOpenApiSchema,
} from "#lib/openapi/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf } from "../page.ts";

/** A document of 5 MiB as a JSON string: quotation marks and line breaks take two bytes there. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

function revisionNumber(text: string | undefined): number {
  if (!text || !/^[1-9]\d{0,8}$/.test(text)) throw notFound("revision");
  return Number(text);
}

export const openApiDocumentEndpoints: Endpoint[] = [
  tenantEndpoint("draft.edit", {
    method: "POST",
    path: "/tenants/{tenant}/openapi/preview",
    summary: "Say what importing an OpenAPI 3.0 or 3.1 document would do to the draft",
    cost: 10,
    body: previewOpenApiSchema,
    response: dataOf(openApiPreviewSchema),
    maxBodyBytes: MAX_BODY_BYTES,
    handle: async ({ actor, body }) => ({ data: await previewOpenApi(actor, body) }),
  }),
  tenantEndpoint("draft.edit", {
    method: "POST",
    path: "/tenants/{tenant}/openapi/import",
    summary: "Write operations of an OpenAPI 3.0 or 3.1 document into the draft, all of the chosen or none",
    cost: 10,
    body: importOpenApiSchema,
    response: dataOf(importedSchema),
    maxBodyBytes: MAX_BODY_BYTES,
    handle: async ({ actor, body }) => ({ data: await importOpenApi(actor, body) }),
  }),
  tenantEndpoint("tenant.read", {
    method: "GET",
    path: "/tenants/{tenant}/revisions/{number}/openapi",
    summary: "A revision as an OpenAPI 3.1 document, as JSON or YAML",
    cost: 10,
    query: z.strictObject({ format: z.enum(["json", "yaml"]).default("json") }),
    response: z.record(z.string(), z.json()),
    async handle({ actor, params, query }) {
      const number = revisionNumber(params.number);
      if (query.format === "json") return exportRevision(actor, { number });
      return new Response(await exportRevisionAsYaml(actor, { number }), {
        headers: { "content-type": "application/yaml; charset=utf-8" },
      });
    },
  }),
];
