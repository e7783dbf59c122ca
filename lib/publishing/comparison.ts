import { parsePattern, patternShape } from "#lib/contract/path.ts";
import type { Auth, Route } from "#lib/contract/route.ts";
import { routeText } from "#lib/contract/route-text.ts";
import { type ChangeKind, EFFECTS, type Effect } from "./rules.ts";

/** One route that differs between two sets of routes. */
export type RouteDifference = {
  kind: ChangeKind;
  routeId: string;
  before: Route | null;
  after: Route | null;
  effects: readonly Effect[];
};

/** Requests that a route of either side answers, and by which route: what "the same route" means to a caller. */
export type Address = { before: Route | null; after: Route | null };

export type Comparison = {
  /** In order of path, then method. */
  differences: readonly RouteDifference[];
  byId: ReadonlyMap<string, RouteDifference>;
  counts: Readonly<Record<ChangeKind | "total", number>>;
  effects: Readonly<Record<Effect, number>>;
  /** Where something answers, on either side, for every route that differs. */
  addresses: readonly Address[];
};

function addressOf(route: Route): string {
  const parsed = parsePattern(route.path);
  return `${route.method} ${route.apiVersion ?? ""} ${parsed.ok ? patternShape(parsed.pattern) : route.path}`;
}

/** How much a caller has to bring: the higher, the fewer get in. */
function strictness(auth: Auth): number {
  if (auth.mode === "none") return 0;
  return auth.mode === "api-key" && auth.allowedApiKeyIds !== null ? 2 : 1;
}

function gateEffects(before: Auth, after: Auth): Effect[] {
  if (before.mode !== "none" && after.mode === "none") return ["becomes-public"];
  if (before.mode === "none" && after.mode !== "none") return ["no-longer-public"];
  if (before.mode !== after.mode) return ["more-callers", "fewer-callers"];
  const [was, is] = [strictness(before), strictness(after)];
  if (was !== is) return [is < was ? "more-callers" : "fewer-callers"];
  const effects: Effect[] = [];
  const lists =
    before.mode === "api-key" && after.mode === "api-key"
      ? [before.allowedApiKeyIds ?? [], after.allowedApiKeyIds ?? []]
      : before.mode === "bearer" && after.mode === "bearer"
        ? // Whoever must bring more is one of fewer, so what is asked for counts the other way round.
          [asks(after), asks(before)]
        : [[], []];
  const [from, to] = lists.map((list) => new Set(list)) as [Set<string>, Set<string>];
  if ([...to].some((one) => !from.has(one))) effects.push("more-callers");
  if ([...from].some((one) => !to.has(one))) effects.push("fewer-callers");
  return effects;
}

const asks = (auth: Extract<Auth, { mode: "bearer" }>): string[] => [
  ...auth.requiredScopes,
  ...Object.entries(auth.requiredClaims).map(([name, value]) => `${name}\n${JSON.stringify(value)}`),
];

type Places = ReadonlyMap<string, Route>;

function effectsOf(change: Omit<RouteDifference, "effects">, from: Places, to: Places): Effect[] {
  const was = change.before?.enabled ? change.before : null;
  const is = change.after?.enabled ? change.after : null;
  const effects = new Set<Effect>();
  // Deleted and made anew is the same route to its callers.
  const predecessor = is ? (from.get(addressOf(is)) ?? was) : null;
  if (is && predecessor) {
    for (const effect of gateEffects(predecessor.auth, is.auth)) effects.add(effect);
    if (JSON.stringify(predecessor.rateLimit) !== JSON.stringify(is.rateLimit)) effects.add("limit");
  } else if (is) {
    effects.add("appears");
    if (is.auth.mode === "none") effects.add("becomes-public");
  }
  if (was && !to.has(addressOf(was))) effects.add(is ? "moves" : "disappears");
  return EFFECTS.filter((effect) => effects.has(effect));
}

const placeOf = ({ before, after }: RouteDifference): string => {
  const route = (after ?? before) as Route;
  return `${route.path}\n${route.method}\n${route.id}`;
};

/** Every route in which `to` differs from `from`, and what that does to callers. */
export function compareRoutes(from: readonly Route[], to: readonly Route[]): Comparison {
  const known = new Map(from.map((route) => [route.id, route]));
  const kept = new Set(to.map((route) => route.id));
  const found: Omit<RouteDifference, "effects">[] = [];
  for (const after of to) {
    const before = known.get(after.id) ?? null;
    if (before && (before === after || routeText(before) === routeText(after))) continue;
    found.push({ kind: before ? "changed" : "added", routeId: after.id, before, after });
  }
  for (const before of from) {
    if (!kept.has(before.id)) found.push({ kind: "removed", routeId: before.id, before, after: null });
  }
  const fromAt = new Map<string, Route>();
  const toAt = new Map<string, Route>();
  for (const { before, after } of found) {
    if (before?.enabled) fromAt.set(addressOf(before), before);
    if (after?.enabled) toAt.set(addressOf(after), after);
  }
  const differences = found.map((change) => ({ ...change, effects: effectsOf(change, fromAt, toAt) }));
  const sorted = differences.map((one) => [placeOf(one), one] as const);
  sorted.sort(([a], [b]) => (a < b ? -1 : 1));
  const ordered = sorted.map(([, one]) => one);
  const count = (of: (one: RouteDifference) => boolean) => ordered.filter(of).length;
  return {
    differences: ordered,
    byId: new Map(ordered.map((one) => [one.routeId, one])),
    counts: {
      total: ordered.length,
      added: count(({ kind }) => kind === "added"),
      changed: count(({ kind }) => kind === "changed"),
      removed: count(({ kind }) => kind === "removed"),
    },
    effects: Object.fromEntries(
      EFFECTS.map((effect) => [effect, count(({ effects }) => effects.includes(effect))]),
    ) as Record<Effect, number>,
    addresses: [...new Set([...fromAt.keys(), ...toAt.keys()])].map((place) => ({
      before: fromAt.get(place) ?? null,
      after: toAt.get(place) ?? null,
    })),
  };
}
