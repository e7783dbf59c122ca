import { canonicalJson } from "#lib/contract/canonical-json.ts";
import { parsePattern, patternShape } from "#lib/contract/path.ts";
import { type Route, type RouteFields, routeFieldsSchema } from "#lib/contract/route.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { breath } from "./breath.ts";
import type { ReadOperation } from "./read/operation.ts";
import { MAX_IMPORT_BYTES, type OperationState } from "./rules.ts";

/** What would become of one operation if it were imported into this draft. */
export type Planned = {
  operation: ReadOperation;
  state: OperationState;
  /** The whole route; null when there is none to be had. */
  fields: RouteFields | null;
  existing: Route | null;
  changes: string[];
  problem: string | null;
};

/** What two enabled routes may not share: the gateway could not choose between them. */
function identityOf(route: Pick<RouteFields, "method" | "path" | "apiVersion">): string | null {
  const parsed = parsePattern(route.path);
  return parsed.ok ? `${route.method} ${route.apiVersion ?? ""} ${patternShape(parsed.pattern)}` : null;
}

function indexOf(draft: readonly Route[]): Map<string, Route[]> {
  const index = new Map<string, Route[]>();
  for (const route of draft) {
    const identity = identityOf(route);
    if (identity === null) continue;
    const group = index.get(identity);
    if (!group) index.set(identity, [route]);
    else if (route.enabled) group.unshift(route);
    else group.push(route);
  }
  return index;
}

/** The draft's route with what the document states written over it. */
function fieldsFor({ stated, whole }: ReadOperation, existing: Route | null): unknown {
  if (whole || !existing) return stated;
  const { id: _id, ...base } = existing;
  const { path: _path, target: _target, ...rest } = stated;
  // The draft's own spelling of the path and its target stay: the target may name the path's parameters.
  return { ...base, ...rest };
}

function changedFields(before: RouteFields, after: RouteFields): string[] {
  const names = Object.keys(after) as (keyof RouteFields)[];
  return names.filter((name) => canonicalJson(before[name]) !== canonicalJson(after[name]));
}

const failed = (
  operation: ReadOperation,
  state: OperationState,
  problem: string,
  existing: Route | null = null,
) => ({ operation, state, fields: null, existing, changes: [], problem }) satisfies Planned;

/**
 * Compares operations with the draft. `knownKeys` says which of the keys that routes name are the tenant's. Of
 * several operations that would be the same route, all but the first are conflicts. Throws `invalid_input` when
 * the routes together are too large.
 */
export async function planImport(
  operations: readonly ReadOperation[],
  draft: readonly Route[],
  knownKeys: ReadonlySet<string>,
): Promise<Planned[]> {
  const byId = new Map(draft.map((route) => [route.id, route]));
  const byIdentity = indexOf(draft);
  const claimed = new Set<string>();
  const enabled = new Map<string, string>();
  const pause = breath();
  let bytes = 0;

  // A route that is named by its id belongs to that operation, whatever else matches it.
  const named = new Set(operations.map(({ id }) => id).filter((id) => id !== null));

  const existingOf = (operation: ReadOperation, identity: string | null): Route | null => {
    const same = operation.id === null ? undefined : byId.get(operation.id);
    if (same && !claimed.has(same.id)) return same;
    const group = identity === null ? [] : (byIdentity.get(identity) ?? []);
    return group.find(({ id }) => !claimed.has(id) && !named.has(id)) ?? null;
  };

  const plan = (operation: ReadOperation): Planned => {
    if (operation.problem) return failed(operation, "unusable", operation.problem.message);
    const fresh = routeFieldsSchema.safeParse(operation.stated);
    if (!fresh.success) {
      const issue = fresh.error.issues[0];
      return failed(operation, "unusable", `${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim());
    }
    const identity = identityOf(fresh.data);
    const existing = existingOf(operation, identity);
    const merged = existing && !operation.whole;
    const parsed = merged ? routeFieldsSchema.safeParse(fieldsFor(operation, existing)) : fresh;
    if (!parsed.success) return failed(operation, "unusable", "does not fit the draft's route", existing);
    const fields = parsed.data;
    const unknown =
      fields.auth.mode === "api-key"
        ? fields.auth.allowedApiKeyIds?.find((id) => !knownKeys.has(id))
        : undefined;
    if (unknown)
      return failed(
        operation,
        "unusable",
        `names the key ${unknown}, which is not a key of this tenant`,
        existing,
      );
    const after = identityOf(fields);
    if (fields.enabled && after !== null) {
      const other = enabled.get(after);
      if (other !== undefined) {
        return failed(operation, "conflict", `matches exactly the same requests as ${other}`, existing);
      }
      const inTheWay = byIdentity
        .get(after)
        ?.find(
          (route) =>
            route.enabled && route.id !== existing?.id && !named.has(route.id) && !claimed.has(route.id),
        );
      if (inTheWay) {
        return failed(
          operation,
          "conflict",
          `matches exactly the same requests as the draft's ${inTheWay.method} ${inTheWay.path}`,
          existing,
        );
      }
      enabled.set(after, operation.pointer);
    }
    if (existing) claimed.add(existing.id);
    bytes += fields.validation ? JSON.stringify(fields.validation).length + 1_000 : 1_000;
    if (!existing) return { operation, state: "new", fields, existing, changes: [], problem: null };
    const { id: _id, ...before } = existing;
    const changes = changedFields(before, fields);
    return {
      operation,
      state: changes.length > 0 ? "update" : "same",
      fields,
      existing,
      changes,
      problem: null,
    };
  };

  const planned: Planned[] = [];
  for (const operation of operations) {
    planned.push(plan(operation));
    if (bytes > MAX_IMPORT_BYTES) {
      throw invalid(
        [
          {
            path: `document#${operation.pointer}`,
            message: `the routes up to here are larger than ${MAX_IMPORT_BYTES / 1_048_576} MiB with their schemas: choose fewer operations`,
          },
        ],
        "This is too much for one import.",
      );
    }
    if (pause.due()) await pause.take();
  }
  return planned;
}
