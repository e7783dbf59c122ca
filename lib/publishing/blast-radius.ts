import type { CompiledRequests } from "#lib/contract/authorized-requests.ts";
import { type ParsedPattern, parsePattern } from "#lib/contract/path.ts";
import { methodsOverlap, patternsOverlap } from "#lib/contract/pattern-reach.ts";
import type { Route } from "#lib/contract/route.ts";
import type { Address, Comparison } from "./comparison.ts";

/** A key as far as its reach goes. A key that took over from others opens what names one of those. */
export type KeyRights = {
  id: string;
  succeeds: readonly string[];
  authorizedRequests: CompiledRequests | null;
};
/** The routes that a key loses or gains: how many, and the first few by name. */
export type RouteSample = { count: number; routes: { method: string; path: string }[] };
export type KeyEffect = { id: string; loses: RouteSample; gains: RouteSample };

/** Routes named for each key; the rest are counted. */
const SAMPLE = 5;
/** Patterns compared for keys with rights of their own, and mentions of keys in lists; about 0.1 s together. */
const MAX_COMPARISONS = 300_000;
const MAX_MENTIONS = 200_000;

type Gate = { kind: "closed" | "public" | "any" | "token" } | { kind: "some"; ids: ReadonlySet<string> };

function gateOf(route: Route | null): Gate {
  if (!route) return { kind: "closed" };
  const { auth } = route;
  if (auth.mode === "none") return { kind: "public" };
  if (auth.mode === "bearer") return { kind: "token" };
  return auth.allowedApiKeyIds ? { kind: "some", ids: new Set(auth.allowedApiKeyIds) } : { kind: "any" };
}

const asksForKey = ({ kind }: Gate): boolean => kind === "any" || kind === "some";
const letsIn = (gate: Gate, ids: readonly string[]): boolean =>
  gate.kind === "any" ||
  gate.kind === "public" ||
  (gate.kind === "some" && ids.some((id) => gate.ids.has(id)));

/** A key loses what it could call and cannot, and gains what only keys may call. */
function turnOf(before: Gate, after: Gate, ids: readonly string[]): "loses" | "gains" | null {
  const [could, can] = [letsIn(before, ids), letsIn(after, ids)];
  if (could && !can && asksForKey(before)) return "loses";
  return can && !could && asksForKey(after) ? "gains" : null;
}

type Place = { route: Route; pattern: ParsedPattern | null; before: Gate; after: Gate };

function placeOf({ before, after }: Address): Place {
  const route = (after ?? before) as Route;
  const parsed = parsePattern(route.path);
  return { route, pattern: parsed.ok ? parsed.pattern : null, before: gateOf(before), after: gateOf(after) };
}

const byPath = (a: Place, b: Place) =>
  a.route.path < b.route.path
    ? -1
    : a.route.path > b.route.path
      ? 1
      : a.route.method < b.route.method
        ? -1
        : 1;

/** Counts places, and names the first few of those that were added first. */
function tally() {
  const kept: Place[] = [];
  let count = 0;
  return {
    add(place: Place): void {
      count += 1;
      if (kept.length < SAMPLE) kept.push(place);
    },
    sample: (): RouteSample => ({
      count,
      routes: kept.sort(byPath).map(({ route: { method, path } }) => ({ method, path })),
    }),
  };
}

function sampleOf(places: readonly Place[]): RouteSample {
  const all = tally();
  for (const place of places) all.add(place);
  return all.sample();
}

/** What a change of routes does to keys: to one that no route names, and to any key that is asked about. */
export type BlastRadius = {
  /** What becomes of a key that no route names and that may make any request. */
  anyKey: Omit<KeyEffect, "id">;
  /** Keys that a route names on one side and not on the other; whatever happens, these must be looked at. */
  namedKeyIds: readonly string[];
  /** What becomes of one key; null when there was no time left to look at it. */
  effectOn(key: KeyRights): KeyEffect | null;
};

/** Prepares the question "who loses what" for one comparison. Pure; the keys are asked about one by one. */
export function blastRadius({ addresses }: Comparison): BlastRadius {
  const places = addresses.map(placeOf).sort(byPath);
  const unnamed: { place: Place; turn: "loses" | "gains" }[] = [];
  const mentions = new Map<string, Place[]>();
  let mentioned = 0;
  for (const place of places) {
    const { before, after } = place;
    const turn = turnOf(before, after, []);
    if (turn) unnamed.push({ place, turn });
    const was = before.kind === "some" ? before.ids : new Set<string>();
    const is = after.kind === "some" ? after.ids : new Set<string>();
    for (const id of new Set([...was, ...is])) {
      if (turnOf(before, after, [id]) === turn || mentioned >= MAX_MENTIONS) continue;
      mentioned += 1;
      const known = mentions.get(id);
      if (known) known.push(place);
      else mentions.set(id, [place]);
    }
  }
  let comparisons = 0;

  function reaches({ authorizedRequests }: KeyRights, { route, pattern }: Place): boolean {
    if (authorizedRequests === null || pattern === null) return true;
    return authorizedRequests.some((entry) => {
      comparisons += 1;
      return methodsOverlap(entry.method, route.method) && patternsOverlap(entry.pattern, pattern);
    });
  }

  const anyKey = {
    loses: sampleOf(unnamed.filter(({ turn }) => turn === "loses").map(({ place }) => place)),
    gains: sampleOf(unnamed.filter(({ turn }) => turn === "gains").map(({ place }) => place)),
  };

  return {
    anyKey,
    namedKeyIds: [...mentions.keys()],
    effectOn(key) {
      const ids = [key.id, ...key.succeeds];
      const own = new Set(ids.flatMap((id) => mentions.get(id) ?? []));
      if (own.size === 0 && key.authorizedRequests === null) return { id: key.id, ...anyKey };
      if (comparisons >= MAX_COMPARISONS) return null;
      const turns = { loses: tally(), gains: tally() };
      // Those that name the key come first: they are what a reviewer looks for.
      for (const place of [...own].sort(byPath)) {
        const turn = turnOf(place.before, place.after, ids);
        if (turn && reaches(key, place)) turns[turn].add(place);
      }
      for (const { place, turn } of unnamed) {
        if (!own.has(place) && reaches(key, place)) turns[turn].add(place);
      }
      return { id: key.id, loses: turns.loses.sample(), gains: turns.gains.sample() };
    },
  };
}
