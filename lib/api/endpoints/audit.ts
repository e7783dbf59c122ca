import { z } from "zod";
import {
  checkChain,
  exportAudit,
  getAuditChoices,
  getAuditEntry,
  listAudit,
} from "#lib/audit-log/queries.ts";
import {
  auditChoicesSchema,
  auditEntryDetailSchema,
  auditEntrySchema,
  auditFilters,
  chainCheckSchema,
  EXPORT_FORMATS,
  type ExportFormat,
} from "#lib/audit-log/schema.ts";
import { type Endpoint, tenantEndpoint } from "../endpoint.ts";
import { dataOf, pageOf, pageQuery } from "../page.ts";

const TYPES: Record<ExportFormat, string> = {
  jsonl: "application/jsonl; charset=utf-8",
  csv: "text/csv; charset=utf-8; header=present",
};

/** A file that is made while it is read: what is not taken is not read from the database either. */
function asFile(text: AsyncGenerator<string>, name: string, format: ExportFormat): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = await text.next();
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          // A file that is cut short must not look whole: the connection is broken off.
          controller.error(error);
        }
      },
      async cancel() {
        await text.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "content-type": TYPES[format],
      "content-disposition": `attachment; filename="${name}.${format}"`,
    },
  });
}

export const auditEndpoints: Endpoint[] = [
  tenantEndpoint("audit.read", {
    method: "GET",
    path: "/tenants/{tenant}/audit",
    summary: "List the tenant's audit log, newest first",
    query: z.strictObject({ ...pageQuery, ...auditFilters }),
    response: pageOf(auditEntrySchema),
    handle: ({ actor, query }) => listAudit(actor, query),
  }),
  tenantEndpoint("audit.read", {
    method: "GET",
    path: "/tenants/{tenant}/audit/choices",
    summary: "Read which actions and actors the audit log can be narrowed to",
    response: dataOf(auditChoicesSchema),
    handle: async ({ actor }) => ({ data: await getAuditChoices(actor, undefined) }),
  }),
  tenantEndpoint("audit.read", {
    method: "GET",
    path: "/tenants/{tenant}/audit/export",
    summary: "Export the audit log as JSON Lines or CSV, oldest first; the export is itself written down",
    query: z.strictObject({ format: z.enum(EXPORT_FORMATS), ...auditFilters }),
    response: z.string(),
    cost: 10,
    leavesTrace: true,
    async handle({ actor, query }) {
      const text = await exportAudit(actor, query);
      const day = new Date().toISOString().slice(0, 10);
      return asFile(text, `${actor.tenant.slug}-audit-${day}`, query.format);
    },
  }),
  tenantEndpoint("audit.read", {
    method: "GET",
    path: "/tenants/{tenant}/audit/verification",
    summary: "Recompute a part of the log's chain, behind the entry with the given number",
    query: z.strictObject({ after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0) }),
    response: dataOf(chainCheckSchema),
    cost: 3,
    handle: async ({ actor, query }) => ({ data: await checkChain(actor, query) }),
  }),
  tenantEndpoint("audit.read", {
    method: "GET",
    path: "/tenants/{tenant}/audit/{id}",
    summary: "Read one entry of the audit log with what was before and after",
    response: dataOf(auditEntryDetailSchema),
    handle: async ({ actor, params }) => ({ data: await getAuditEntry(actor, { id: params.id as string }) }),
  }),
];
