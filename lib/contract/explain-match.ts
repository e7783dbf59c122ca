import { patternMatches } from "./authorized-requests.ts";
import type { CompiledRoutes } from "./compile.ts";
import type { CompiledRoute } from "./compiled-route.ts";
import { METHODS, type Method } from "./methods.ts";
import { nearMiss } from "./near-miss.ts";
import { type ParsedPattern, type PatternSegment, parsePattern, patternShape } from "./path.ts";
import type { Route } from "./route.ts";

/** What became of a route that came into question. `near` ones do not match and look as if they should. */
export type CandidateReason =
  | "won"
  | "specificity"
  | "method"
  | "version"
  | "duplicate"
  | "disabled"
  | "trailing_slash"
  | "case"
  | "spelling";
export type Candidate = {
  routeId: string;
  method: string;
  path: string;
  apiVersion: string | null;
  enabled: boolean;
  result: "won" | "lost" | "near";
  reason: CandidateReason;
  /** In words, from the candidate's side. */
  why: string;
};
export type MatchExplanation = { candidates: Candidate[]; more: number };

const MAX_CANDIDATES = 20;
/** Of routes that do not match, those that a person may have meant; more would only be noise. */
const MAX_NEAR = 5;
const MAX_NEAR_LOOKED_AT = 50;

/** What of a request decides about the match. `method` is the one asked about, where a preflight asks. */
export type MatchRequest = { method: string; segments: readonly string[]; apiVersion: string | undefined };

type Entry = { route: Route; pattern: ParsedPattern };

const isMethod = (method: string): method is Method => METHODS.includes(method as Method);

function methodFits(route: Method, method: string): boolean {
  if (route === "ANY") return isMethod(method) && method !== "ANY";
  return route === method || (route === "GET" && method === "HEAD");
}

/** Exact before GET for HEAD before ANY. */
const methodRank = (route: Method, method: string) => (route === method ? 0 : route === "ANY" ? 2 : 1);

/** Literal before parameter before the end before wildcard, which is the order in which the matcher looks. */
function rankOf(segment: PatternSegment | undefined): number {
  if (!segment) return 2;
  if (segment.kind === "literal") return 0;
  if (segment.kind === "parameter") return 1;
  return segment.min === 1 ? 3 : 4;
}

function show(segment: PatternSegment | undefined): string {
  if (!segment) return "a path that ends there";
  if (segment.kind === "literal") return `literal '${segment.value}'`;
  if (segment.kind === "parameter") return `:${segment.name}`;
  return segment.min === 1 ? "a wildcard for one or more" : "a wildcard";
}

/** The first segment at which two patterns differ in kind; null when they have the same shape. */
function firstDifference(a: ParsedPattern, b: ParsedPattern): { index: number; order: number } | null {
  const length = Math.max(a.segments.length, b.segments.length);
  for (let index = 0; index < length; index++) {
    const order = rankOf(a.segments[index]) - rankOf(b.segments[index]);
    if (order !== 0) return { index, order };
  }
  return null;
}

type Verdict = { reason: CandidateReason; why: string };

function whyLost(loser: Entry, winner: Entry, request: MatchRequest): Verdict {
  const difference = firstDifference(winner.pattern, loser.pattern);
  if (difference) {
    const { index } = difference;
    const [better, worse] = [winner.pattern.segments[index], loser.pattern.segments[index]];
    return {
      reason: "specificity",
      why: `${show(better)} beats ${show(worse)} at segment ${index + 1}`,
    };
  }
  const [own, other] = [loser.route.method, winner.route.method];
  if (own !== other) {
    const why =
      own === "ANY" ? `${other} beats ANY` : `${other} has a route of its own, so GET does not answer it`;
    return { reason: "method", why };
  }
  if (loser.route.apiVersion !== winner.route.apiVersion) {
    return { reason: "version", why: whyNotVersion(loser.route.apiVersion, request.apiVersion) };
  }
  const why =
    "matches exactly the same requests; the first one is taken here, and publishing asks for one to go";
  return { reason: "duplicate", why };
}

function whyNotVersion(apiVersion: string | null, sent: string | undefined): string {
  if (apiVersion === null) return "answers only callers that send no X-Api-Version";
  return sent === undefined
    ? `answers X-Api-Version ${apiVersion}, and none was sent`
    : `answers X-Api-Version ${apiVersion}, and another was sent`;
}

const disabledPatterns = new WeakMap<Route, ParsedPattern | null>();

function patternOf(route: Route): ParsedPattern | null {
  let pattern = disabledPatterns.get(route);
  if (pattern === undefined) {
    const parsed = parsePattern(route.path);
    pattern = parsed.ok ? parsed.pattern : null;
    disabledPatterns.set(route, pattern);
  }
  return pattern;
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const placeOf = (one: Candidate) => `${one.path} ${one.method} ${one.apiVersion ?? ""} ${one.routeId}`;

function compareEntries(a: Entry, b: Entry, method: string): number {
  return (
    (firstDifference(a.pattern, b.pattern)?.order ?? 0) ||
    methodRank(a.route.method, method) - methodRank(b.route.method, method) ||
    order(b.route.apiVersion ?? "", a.route.apiVersion ?? "") ||
    order(a.route.method, b.route.method)
  );
}

/**
 * Every route that came into question for a request, and what became of it: the winner, those whose path matches
 * and that lost, those that are switched off, and those that nearly match. `routes` are all of a set, `compiled`
 * the enabled ones of them; `winner` is what the decision chose, so the two can never disagree.
 */
export function explainMatch(
  routes: readonly Route[],
  compiled: CompiledRoutes,
  request: MatchRequest,
  winner: CompiledRoute | null,
): MatchExplanation {
  const { method, segments } = request;
  const fitting: Entry[] = [];
  const otherMethod: Entry[] = [];
  const disabled: Entry[] = [];
  const near: Candidate[] = [];

  const candidate = ({ route }: Entry, result: Candidate["result"], verdict: Verdict): Candidate => {
    const { id: routeId, path, apiVersion, enabled } = route;
    return { routeId, method: route.method, path, apiVersion, enabled, result, ...verdict };
  };
  const filled = segments.includes("") ? segments.filter((segment) => segment !== "") : null;
  const look = (route: Route, pattern: ParsedPattern) => {
    const fits = methodFits(route.method, method);
    if (patternMatches(pattern, segments)) {
      const entry = { route, pattern };
      if (!route.enabled) disabled.push(entry);
      else (fits ? fitting : otherMethod).push(entry);
      return;
    }
    if (!fits || near.length >= MAX_NEAR_LOOKED_AT) return;
    const miss = nearMiss(pattern, segments, filled);
    if (!miss) return;
    const why = route.enabled ? miss.why : `${miss.why}; it is disabled, too`;
    near.push(candidate({ route, pattern }, "near", { reason: miss.reason, why }));
  };
  for (const { route, pattern } of compiled.routes) look(route, pattern);
  for (const route of routes) {
    const pattern = route.enabled ? null : patternOf(route);
    if (pattern) look(route, pattern);
  }

  fitting.sort((a, b) => compareEntries(a, b, method));
  otherMethod.sort((a, b) => compareEntries(a, b, method));
  const won = fitting.find(({ route }) => route === winner?.route);
  const best = won ?? fitting[0];
  const bestShape = best && patternShape(best.pattern);
  const lost = fitting
    .filter((entry) => entry !== won)
    .map((entry) => {
      const sameGroup =
        !won && patternShape(entry.pattern) === bestShape && entry.route.method === best?.route.method;
      const verdict: Verdict =
        sameGroup || !best
          ? { reason: "version", why: whyNotVersion(entry.route.apiVersion, request.apiVersion) }
          : whyLost(entry, best, request);
      return candidate(entry, "lost", verdict);
    });
  const all = [
    ...(won ? [candidate(won, "won", { reason: "won", why: whyWon(won, fitting, method) })] : []),
    ...lost,
    ...otherMethod.map((entry) =>
      candidate(entry, "lost", { reason: "method", why: `answers ${entry.route.method}, not ${method}` }),
    ),
    ...disabled.map((entry) =>
      candidate(entry, "lost", {
        reason: "disabled",
        why: methodFits(entry.route.method, method)
          ? "is disabled; enabled, it would come into question"
          : `is disabled, and answers ${entry.route.method}, not ${method}`,
      }),
    ),
    ...near.sort((a, b) => order(placeOf(a), placeOf(b))).slice(0, MAX_NEAR),
  ];
  return { candidates: all.slice(0, MAX_CANDIDATES), more: Math.max(0, all.length - MAX_CANDIDATES) };
}

function whyWon(won: Entry, fitting: readonly Entry[], method: string): string {
  const head = won.route.method === "GET" && method === "HEAD" ? "; HEAD is answered by GET" : "";
  if (fitting.length === 1) return `the only route for this method and path${head}`;
  return `the most specific of ${fitting.length} routes for this method and path${head}`;
}
