import { parsePattern, patternShape } from "../path.ts";
import type { Route } from "../route.ts";
import type { LintFacts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { findingOf } from "./make.ts";

type Auth = Route["auth"];
type Weakness = [field: string, message: string];

const counted = (amount: number) => `${amount} ${amount === 1 ? "key" : "keys"}`;
const asks = (text: string, then: string): string => `What is live ${text}; with this, ${then}.`;

function weakenedKeys(
  before: Auth & { mode: "api-key" },
  after: Auth & { mode: "api-key" },
): Weakness | null {
  const field = "auth.allowedApiKeyIds";
  const { allowedApiKeyIds: was } = before;
  if (!was) return null;
  const is = after.allowedApiKeyIds;
  if (!is) return [field, asks(`allows ${counted(was.length)}`, "every key of the tenant can call it")];
  const known = new Set(was);
  const more = is.filter((id) => !known.has(id)).length;
  return more > 0
    ? [field, asks(`allows ${counted(was.length)}`, `${counted(more)} more can call it`)]
    : null;
}

function weakenedToken(before: Auth & { mode: "bearer" }, after: Auth & { mode: "bearer" }): Weakness | null {
  const scopes = before.requiredScopes.filter((scope) => !after.requiredScopes.includes(scope));
  if (scopes.length > 0) {
    return [
      "auth.requiredScopes",
      asks(`asks for ${scopes.join(", ")}`, "tokens without it can call the route"),
    ];
  }
  const claimOf = ({ requiredClaims }: typeof after, name: string) =>
    Object.hasOwn(requiredClaims, name) ? requiredClaims[name] : undefined;
  const names = Object.keys(before.requiredClaims);
  const gone = names.filter((name) => claimOf(after, name) === undefined);
  if (gone.length > 0) {
    return ["auth.requiredClaims", asks(`checks the claim ${gone.join(", ")}`, "nobody does")];
  }
  const other = names.filter((name) => claimOf(after, name) !== claimOf(before, name));
  return other.length > 0
    ? [
        "auth.requiredClaims",
        asks(`asks for another value of ${other.join(", ")}`, "other tokens can call the route"),
      ]
    : null;
}

/** How one way of asking for credentials lets in callers whom the other keeps out. */
function weakened(before: Auth, after: Auth): Weakness | null {
  if (before.mode === "none") return null;
  if (after.mode === "none") {
    const was = before.mode === "api-key" ? "an API key" : "a bearer token";
    return ["auth.mode", asks(`asks for ${was}`, "anybody can call it")];
  }
  if (before.mode === "api-key") {
    if (after.mode === "api-key") return weakenedKeys(before, after);
    const asksNothing = after.requiredScopes.length === 0 && Object.keys(after.requiredClaims).length === 0;
    const was = before.allowedApiKeyIds;
    return was && asksNothing
      ? ["auth.mode", asks(`allows ${counted(was.length)}`, "whoever has a valid bearer token can call it")]
      : null;
  }
  if (after.mode === "bearer") return weakenedToken(before, after);
  const who = after.allowedApiKeyIds
    ? `${counted(after.allowedApiKeyIds.length)} can`
    : "every key of the tenant can";
  return ["auth.mode", asks("asks for a bearer token", `${who} call it without one`)];
}

function placeOf({ method, path, apiVersion }: Route): string | null {
  const parsed = parsePattern(path);
  return parsed.ok ? `${method} ${apiVersion ?? ""} ${patternShape(parsed.pattern)}` : null;
}

/** What is live by what it matches, made once for each set. */
const placesOnce = new WeakMap<LintFacts["live"], Map<string, Route>>();

function liveAtPlace(live: LintFacts["live"], route: Route): Route | undefined {
  let places = placesOnce.get(live);
  if (!places) {
    places = new Map();
    for (const each of live.values()) {
      const place = each.enabled ? placeOf(each) : null;
      if (place !== null) places.set(place, each);
    }
    placesOnce.set(live, places);
  }
  const place = placeOf(route);
  return place === null ? undefined : places.get(place);
}

/**
 * The route asks less of its callers than what is live: than the live route that it is, or than the one that
 * answers the same requests, which may have been taken out and made anew.
 */
export function weakenedFindings(route: Route, { live }: LintFacts): Finding[] {
  const same = live.get(route.id);
  for (const before of [same?.enabled ? same : undefined, liveAtPlace(live, route)]) {
    const found = before ? weakened(before.auth, route.auth) : null;
    if (found) return [findingOf(route)("warning", "auth_weakened", ...found)];
  }
  return [];
}
