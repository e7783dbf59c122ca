import type { TraceStep } from "#lib/contract/trace.ts";
import type { Queryable } from "./queryable.ts";

export type RefusalRow = {
  id: string;
  tenantId: string;
  requestId: string;
  at: Date;
  revision: number;
  status: number;
  code: string;
  message: string;
  method: string;
  path: string;
  queryNames: readonly string[];
  routeId: string | null;
  apiKeyId: string | null;
  sourceIp: string;
  steps: readonly TraceStep[];
};
export type UnrecordedRow = { id: string; tenantId: string; from: Date; until: Date; amount: number };

/**
 * Writes a batch of refusals, and how many were not kept, in one statement. Those of tenants that are gone are
 * passed over. Rows travel as one JSON text: a list per row has no form in which `unnest` would take it.
 */
export async function recordRefusals(
  db: Queryable,
  instanceId: string,
  refusals: readonly RefusalRow[],
  unrecorded: readonly UnrecordedRow[],
): Promise<void> {
  await db.query({
    name: "record-refusals",
    text: `WITH kept AS (
        INSERT INTO refusals (id, tenant_id, request_id, at, instance_id, revision, status, code, message, method,
          path, query_names, route_id, api_key_id, source_ip, steps)
        SELECT r.id, r."tenantId", r."requestId", r.at, $1, r.revision, r.status, r.code, r.message, r.method,
          r.path, r."queryNames", r."routeId", r."apiKeyId", r."sourceIp", r.steps
        FROM json_to_recordset($2) AS r (id uuid, "tenantId" uuid, "requestId" text, at timestamptz, revision int,
          status int, code text, message text, method text, path text, "queryNames" json, "routeId" uuid,
          "apiKeyId" uuid, "sourceIp" text, steps json)
        JOIN tenants t ON t.id = r."tenantId"
        ON CONFLICT DO NOTHING)
      INSERT INTO unrecorded_refusals (id, tenant_id, instance_id, from_at, until_at, amount)
      SELECT u.id, u."tenantId", $1, u.from, u.until, u.amount
      FROM json_to_recordset($3) AS u (id uuid, "tenantId" uuid, "from" timestamptz, until timestamptz, amount bigint)
      JOIN tenants t ON t.id = u."tenantId"
      ON CONFLICT DO NOTHING`,
    values: [instanceId, JSON.stringify(refusals), JSON.stringify(unrecorded)],
  });
}

/** Deletes what is older than 24 hours; row-level security lets a gateway see nothing else. */
export async function expireRefusals(db: Queryable): Promise<void> {
  await db.query("DELETE FROM refusals WHERE at < now() - interval '24 hours'");
  await db.query("DELETE FROM unrecorded_refusals WHERE until_at < now() - interval '24 hours'");
}
