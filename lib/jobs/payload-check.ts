import { isJsonType } from "#lib/contract/json-body.ts";
import { compileSchema } from "#lib/contract/json-schema.ts";
import { queryValue } from "#lib/contract/query-values.ts";
import type { Route } from "#lib/contract/route.ts";
import type { Transaction } from "#lib/db/client.ts";
import { DomainError, invalid } from "#lib/errors/domain-error.ts";
import { loadRevision } from "#lib/publishing/loaded.ts";

/** Which schema a changed payload was held against. */
export type CheckedBy = { revision: number; live: boolean };

type Made = { routeId: string | null; revision: number | null; enqueuedBy: string };
type Event = {
  body?: unknown;
  isBase64Encoded?: unknown;
  headers?: Record<string, unknown>;
  queryStringParameters?: Record<string, unknown> | null;
};

/** The job's route as it is live now, for that is what the function expects; else as the revision had it that made the job. */
async function routeOf(
  tx: Transaction,
  tenantId: string,
  { routeId, revision }: Made,
): Promise<{ route: Route; by: CheckedBy } | null> {
  if (routeId === null) return null;
  const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
  for (const number of new Set([tenant?.liveRevision ?? null, revision])) {
    if (number === null) continue;
    const route = (await loadRevision(tx, tenantId, number)).byId.get(routeId);
    if (route) return { route, by: { revision: number, live: number === tenant?.liveRevision } };
  }
  return null;
}

const textOf = ({ body, isBase64Encoded }: Event): string | null =>
  typeof body !== "string"
    ? null
    : isBase64Encoded === true
      ? Buffer.from(body, "base64").toString("utf8")
      : body;

/**
 * Holds a payload that somebody changed against the size and the schemas of the job's route, as the gateway does
 * with a request. Gives which revision's they were; null for a job that no route made, or a route without any.
 * Throws `payload_too_large` (413) or `invalid_input` (422), both of which say whose limits they are.
 */
export async function checkPayload(
  tx: Transaction,
  tenantId: string,
  made: Made,
  payload: unknown,
): Promise<CheckedBy | null> {
  if (made.enqueuedBy !== "route") return null;
  const found = await routeOf(tx, tenantId, made);
  if (!found) return null;
  const { route, by } = found;
  const whose = `${route.method} ${route.path} in revision ${by.revision}, ${by.live ? "which is live" : "which made this job"}`;
  const event = (payload !== null && typeof payload === "object" ? payload : {}) as Event;
  const text = textOf(event);
  const bytes = Buffer.byteLength(text ?? "");
  if (bytes > route.maxBodyBytes) {
    throw new DomainError(
      "payload_too_large",
      `The changed body has ${bytes.toLocaleString("en")} bytes; ${whose}, takes ${route.maxBodyBytes.toLocaleString("en")}.`,
    );
  }
  if (!route.validation) return null;
  const details = [...bodyFaults(route, event, text), ...queryFaults(route, event)];
  if (details.length > 0)
    throw invalid(details, `The changed payload does not match the schema of ${whose}.`);
  return by;
}

function bodyFaults(route: Route, event: Event, text: string | null) {
  const schema = route.validation?.body ?? null;
  // A request may come without a body where the method allows it; then there is nothing to check.
  if (schema === null || ((text === null || text === "") && ["GET", "HEAD", "DELETE"].includes(route.method)))
    return [];
  const type = event.headers?.["content-type"];
  if (type !== undefined && !isJsonType(String(type)))
    return [{ path: "patch/body", message: "is not JSON" }];
  const compiled = compileSchema(schema);
  if (!compiled.ok)
    return [{ path: "patch/body", message: "cannot be checked: the route's schema is not usable" }];
  try {
    return compiled
      .check(JSON.parse(text ?? ""))
      .map(({ path, message }) => ({ path: `patch/body${path}`, message }));
  } catch {
    return [{ path: "patch/body", message: "is not JSON" }];
  }
}

function queryFaults(route: Route, { queryStringParameters }: Event) {
  const schema = route.validation?.query ?? null;
  if (schema === null) return [];
  const compiled = compileSchema(schema);
  if (!compiled.ok)
    return [
      { path: "patch/queryStringParameters", message: "cannot be checked: the route's schema is not usable" },
    ];
  const query = new URLSearchParams(
    Object.entries(queryStringParameters ?? {}).map(([name, value]) => [name, String(value)]),
  );
  return compiled
    .check(queryValue(query.toString(), compiled.node))
    .map(({ path, message }) => ({ path: `patch/queryStringParameters${path}`, message }));
}
