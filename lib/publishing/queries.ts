import { z } from "zod";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import type { Transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import type { RouteDifference } from "./comparison.ts";
import { describeDifferences, describeRoute, type KeyNames, namedKeys } from "./differences.ts";
import { effectsOf } from "./key-effects.ts";
import { lintDraft, summarize } from "./lint.ts";
import type { ChangeKind, Effect } from "./rules.ts";
import type { Changes, RouteChange, RouteChangeDetail, Side } from "./schema.ts";
import { compareLoaded, compareSides, liveRevision, loadSide } from "./sides.ts";

export { getFindings, lintOne } from "./lint.ts";
export {
  exportRevision,
  getPropagation,
  getRevision,
  getRevisionSummary,
  listRevisions,
} from "./revision-queries.ts";

const MAX_PROBLEMS = 100;
/** More keys than this are not looked up by name for one answer; their ids are shown. */
const MAX_NAMES = 500;

type UndoRow = { id: string; routes: number; madeAt: Date };

async function lastUndo(tx: Transaction, tenantId: string, draftVersion: bigint): Promise<Changes["undo"]> {
  const [undo] = await tx.$queryRaw<UndoRow[]>`
    SELECT id, json_array_length(routes) AS routes, created_at AS "madeAt" FROM draft_undos
    WHERE tenant_id = ${tenantId}::uuid AND draft_version = ${draftVersion}
    ORDER BY created_at DESC, id DESC LIMIT 1`;
  return undo ? { ...undo, madeAt: undo.madeAt.toISOString() } : null;
}

/** The draft against what is live, in numbers, and what stands in the way of publishing it. */
export const getChanges = defineQuery("tenant.read", async ({ tx, actor }): Promise<Changes> => {
  const tenantId = actor.tenant.id;
  const draft = await tx.draft.findFirst({ where: { tenantId } });
  if (!draft) throw notFound("tenant");
  const loaded = await loadSide(tx, tenantId, "draft");
  const linted = await lintDraft(tx, tenantId, loaded);
  const problems = linted.findings.filter(({ severity }) => severity === "error");
  return {
    draftVersion: Number(draft.version),
    draftUpdatedAt: draft.updatedAt.toISOString(),
    liveRevision: await liveRevision(tx, tenantId),
    counts: compareLoaded(await loadSide(tx, tenantId, "live"), loaded).counts,
    problems: problems
      .slice(0, MAX_PROBLEMS)
      .map(({ routeId, message }) => ({ routeId: routeId as string, message })),
    problemCount: problems.length,
    findings: summarize(linted, loaded),
    undo: await lastUndo(tx, tenantId, draft.version),
  };
});

async function namesOfKeys(
  tx: Transaction,
  tenantId: string,
  differences: readonly RouteDifference[],
): Promise<KeyNames> {
  const ids = [...new Set(differences.flatMap(({ before, after }) => namedKeys([before, after])))];
  if (ids.length === 0) return new Map();
  const rows = await tx.apiKey.findMany({
    where: { tenantId, id: { in: ids.slice(0, MAX_NAMES) } },
    select: { id: true, name: true },
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function toChange({ kind, routeId, before, after, effects }: RouteDifference, names: KeyNames): RouteChange {
  const { method, path } = (after ?? before) as NonNullable<typeof before>;
  const moved = before && after && (before.method !== method || before.path !== path);
  return {
    kind,
    routeId,
    method,
    path,
    was: moved ? { method: before.method, path: before.path } : null,
    effects: [...effects],
    sentences:
      before && after
        ? describeDifferences(before, after, names)
        : after
          ? describeRoute(after, names)
          : [{ field: "route", text: before?.enabled ? "its callers get 404 or 405" : "was switched off" }],
  };
}

/** Changes in words, with the names of the keys that they speak of. */
export async function inWords(
  tx: Transaction,
  tenantId: string,
  differences: readonly RouteDifference[],
): Promise<RouteChange[]> {
  const names = await namesOfKeys(tx, tenantId, differences);
  return differences.map((one) => toChange(one, names));
}

type Sides = { from: Side; to: Side };
type ListInput = Sides & {
  kind?: ChangeKind | undefined;
  effect?: Effect | undefined;
  q?: string | undefined;
  limit: number;
  cursor?: string | undefined;
};

const placeOf = ({ before, after }: RouteDifference): [string, string, string] => {
  const { path, method, id } = (after ?? before) as NonNullable<typeof before>;
  return [path, method, id];
};
const isBehind = (place: readonly string[], after: readonly string[]): boolean => {
  const [mine, theirs] = [place.join("\n"), after.join("\n")];
  return mine > theirs;
};

/** One page of the routes that differ between two sides, in order of path; `q` is looked for in method and path. */
export const listChanges = defineQuery("tenant.read", async ({ tx, actor }, input: ListInput) => {
  const after = decodeCursor(input.cursor, [z.string(), z.string(), z.uuid()]);
  const { differences } = await compareSides(tx, actor.tenant.id, input);
  const q = input.q?.trim().toLowerCase();
  const found: RouteDifference[] = [];
  for (const one of differences) {
    if (found.length > input.limit) break;
    if (input.kind && one.kind !== input.kind) continue;
    if (input.effect && !one.effects.includes(input.effect)) continue;
    if (after && !isBehind(placeOf(one), after)) continue;
    if (q) {
      const routes = [one.before, one.after].filter((route) => route !== null);
      if (!routes.some(({ method, path }) => `${method} ${path}`.toLowerCase().includes(q))) continue;
    }
    found.push(one);
  }
  const words = await inWords(tx, actor.tenant.id, found.slice(0, input.limit));
  const byId = new Map(words.map((change) => [change.routeId, change]));
  return toPage(found, input.limit, placeOf, (one) => byId.get(one.routeId) as RouteChange);
});

/** One route on both sides, whole. Throws `not_found` when it is on neither or the same on both. */
export const getChange = defineQuery(
  "tenant.read",
  async ({ tx, actor }, input: Sides & { id: string }): Promise<RouteChangeDetail> => {
    const difference = (await compareSides(tx, actor.tenant.id, input)).byId.get(input.id);
    if (!difference) throw notFound("change");
    const [words] = await inWords(tx, actor.tenant.id, [difference]);
    return { ...(words as RouteChange), before: difference.before, after: difference.after };
  },
);

/** What the difference between two sides does to callers: which routes open or close, which keys lose or gain. */
export const getEffects = defineQuery("tenant.read", async ({ tx, actor }, input: Sides) =>
  effectsOf(tx, actor.tenant.id, await compareSides(tx, actor.tenant.id, input)),
);
