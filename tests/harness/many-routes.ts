import type pg from "pg";
import type { Method } from "#lib/contract/methods.ts";
import { type RouteFieldsInput, routeFieldsSchema } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";

const AREAS = `
  accounts addresses audits baskets billing bookings campaigns carriers catalog checkout claims
  contacts contracts coupons customers deliveries devices discounts documents events exports files
  forecasts fraud identity imports inventory invoices ledgers loyalty media messages notifications
  offers orders parcels partners payments payouts pricing products profiles promotions quotes refunds
  reports returns reviews search sessions shipments stores subscriptions suppliers taxes tickets
  tracking users vouchers warehouses`
  .trim()
  .split(/\s+/);
const THINGS = [
  "items",
  "notes",
  "history",
  "status",
  "lines",
  "attachments",
  "labels",
  "limits",
  "tokens",
  "summary",
];
const TEAMS = ["core", "payments", "logistics", "growth", "platform"];
/** Routes of one resource: its list, one of it, and what can be done to either. */
const SHAPES =
  "GET |POST |GET /:id|PUT /:id|PATCH /:id|DELETE /:id|GET /:id/events|POST /:id/events|GET /export"
    .split("|")
    .map((shape) => shape.split(" ") as [Method, string]);

function targetOf(index: number, area: string, method: string): RouteFieldsInput["target"] {
  if (index % 11 === 0) return { type: "function", function: "users" };
  if (method === "POST" && index % 7 === 0) return { type: "job", function: "reindex-dataset" };
  if (index % 3 === 0) return { type: "http", url: `https://${area}.example.com/api`, timeoutMs: 10_000 };
  return { type: "function", function: "hello" };
}

/**
 * The `index`-th of a big tenant's routes: sixty areas in several versions, nine shapes to a resource, mixed targets,
 * auth, limits and tags. Any number of them can be published together.
 */
export function nthRoute(index: number): RouteFieldsInput {
  const [method, tail] = SHAPES[index % SHAPES.length] as [Method, string];
  const resource = Math.floor(index / SHAPES.length);
  const area = AREAS[resource % AREAS.length] as string;
  const round = Math.floor(resource / AREAS.length);
  const thing = THINGS[round % THINGS.length] as string;
  const copy = Math.floor(round / THINGS.length);
  const open = method === "GET" && index % 13 === 0;
  return {
    method,
    path: `/${area}/v${copy + 1}/${thing}${tail}`,
    name: tail === "" ? `${method === "GET" ? "List" : "Add"} ${area} ${thing}` : "",
    enabled: index % 37 !== 0,
    tags: [TEAMS[resource % TEAMS.length] as string, ...(index % 5 === 0 ? ["partner"] : [])],
    target: targetOf(index, area, method),
    auth: open ? { mode: "none" } : { mode: "api-key" },
    rateLimit: index % 17 === 0 ? null : { requestsPerMinute: 60 * (1 + (index % 10)) },
  };
}

/**
 * Puts `count` routes into the tenant's draft with a few statements. `client` may be the superuser or the console's
 * role; the tenant is set for this session, as row-level security wants it.
 */
export async function seedManyRoutes(
  client: pg.Client,
  tenantId: string,
  count: number,
  routeOf: (index: number) => RouteFieldsInput = nthRoute,
): Promise<void> {
  await client.query("SELECT set_config('app.tenant', $1, false)", [tenantId]);
  for (let from = 0; from < count; from += 2_000) {
    const rows = Array.from({ length: Math.min(2_000, count - from) }, (_, offset) => {
      const fields = routeFieldsSchema.parse(routeOf(from + offset));
      return { id: uuidv7(), document: JSON.stringify(fields) };
    });
    await client.query(
      `INSERT INTO draft_routes (id, tenant_id, method, path, enabled, document)
       SELECT id, $1, document::json->>'method', document::json->>'path', (document::json->>'enabled')::boolean,
         document::json
       FROM unnest($2::uuid[], $3::text[]) AS row (id, document)`,
      [tenantId, rows.map(({ id }) => id), rows.map(({ document }) => document)],
    );
  }
  await client.query("UPDATE drafts SET version = version + 1, updated_at = now() WHERE tenant_id = $1", [
    tenantId,
  ]);
  await client.query("ANALYZE draft_routes").catch(() => undefined); // only its owner may; autovacuum will
}
