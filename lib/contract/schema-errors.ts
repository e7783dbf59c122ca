import { schemaProblem } from "./json-schema.ts";
import type { Finding } from "./lint/finding.ts";
import type { Route } from "./route.ts";
import type { SchemaProblem } from "./schema-structure.ts";

/** Each schema is read once, however often its route is looked at: documents are never changed in place. */
const readOnce = new WeakMap<object, { problem: SchemaProblem | null }>();

function problemOf(schema: NonNullable<Route["validation"]>["body"]): SchemaProblem | null {
  if (schema === null || typeof schema === "boolean") return null;
  let known = readOnce.get(schema);
  if (!known) {
    known = { problem: schemaProblem(schema) };
    readOnce.set(schema, known);
  }
  return known.problem;
}

/** What keeps a route's schemas from being used; each message reads well after the route's method and path. */
export function schemaErrors(route: Route): Finding[] {
  return (["body", "query"] as const).flatMap((kind) => {
    const problem = problemOf(route.validation?.[kind] ?? null);
    if (!problem) return [];
    const place = problem.path === "" ? "the schema" : problem.path;
    return [
      {
        code: problem.hangs ? "schema_can_hang" : "schema_invalid",
        severity: "error" as const,
        routeId: route.id,
        field: `validation.${kind}`,
        message: `has a schema for the ${kind} that cannot be used: ${place} ${problem.message}`,
        others: [],
      },
    ];
  });
}
