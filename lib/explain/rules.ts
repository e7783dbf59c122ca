import type { TokenLookup } from "#lib/contract/bearer.ts";
import { cacheBypass } from "#lib/contract/cache-rules.ts";
import type { CompiledRoutes } from "#lib/contract/compile.ts";
import { type CompiledRoute, pathParameters } from "#lib/contract/compiled-route.ts";
import { corsHeaders, type HeaderList } from "#lib/contract/cors.ts";
import {
  type Allowed,
  type Decision,
  type DecisionRequest,
  decide,
  type KeyLookup,
  refuse,
} from "#lib/contract/decision.ts";
import { explainMatch } from "#lib/contract/explain-match.ts";
import { parseRequestPath } from "#lib/contract/path.ts";
import { findDuplicates, routeErrors } from "#lib/contract/publish-checks.ts";
import { type CheckRefusal, checkBody } from "#lib/contract/request-checks.ts";
import type { RateLimit, Route } from "#lib/contract/route.ts";
import { completeTrace, type TraceStep } from "#lib/contract/trace.ts";
import { describeTransform } from "#lib/contract/transform.ts";
import { upstreamUrl } from "#lib/contract/upstream-url.ts";
import { headerOf, type WireRequest, wireProblem } from "#lib/contract/wire.ts";
import { describeTarget } from "#lib/routes/rules.ts";
import type { ExplainedSide, KeyBrief } from "./schema.ts";

export type Explained = {
  wire: WireRequest;
  authorization: string | undefined;
  /** The well-formed stand-in for the key's secret; undefined when no key is sent. */
  apiKey: string | undefined;
  body: Uint8Array;
  sourceIp: string | null;
};
export type Lookups = { key: KeyLookup; token: TokenLookup; brief: KeyBrief | null };
/** A tenant's draft or one of its revisions. */
export type RouteSet = {
  version: number;
  routes: readonly Route[];
  byId: ReadonlyMap<string, Route>;
  compiled: () => CompiledRoutes;
};

const count = (amount: number, one: string) =>
  `${amount.toLocaleString("en")} ${one}${amount === 1 ? "" : "s"}`;

/** What the decision reads of a request as it came over the wire. */
export function decisionRequestOf({ wire, authorization, apiKey }: Explained): DecisionRequest {
  const mark = wire.target.indexOf("?");
  return {
    method: wire.method,
    path: mark === -1 ? wire.target : wire.target.slice(0, mark),
    query: mark === -1 ? "" : wire.target.slice(mark + 1),
    origin: headerOf(wire.headers, "origin"),
    accessControlRequestMethod: headerOf(wire.headers, "access-control-request-method"),
    apiVersion: headerOf(wire.headers, "x-api-version"),
    apiKey,
    authorization,
  };
}

function limitWords(limit: RateLimit, sourceIp: string | null): string {
  const per = limit.per === "key" ? "key" : sourceIp ? `address (${sourceIp})` : "address";
  return `${limit.requestsPerMinute.toLocaleString("en")} a minute per ${per}; counted where requests arrive, not here`;
}

/** Whether the gateway would look for a kept answer; what it then finds is known to that gateway alone. */
function cacheStep({ route, credentialId }: Allowed, explained: Explained): TraceStep {
  const { cache } = route.route;
  if (!cache) return { step: "cache", outcome: "skipped", detail: "the route caches nothing" };
  const { wire, authorization, apiKey, body } = explained;
  const why = cacheBypass(route, {
    method: wire.method,
    header: (name) => ({ authorization, "x-api-key": apiKey })[name] ?? headerOf(wire.headers, name),
    hasBody: body.byteLength > 0,
    credentialId,
  });
  if (why) return { step: "cache", outcome: "skipped", detail: `passed by: ${why}` };
  const detail = `may be answered from the cache for ${count(cache.ttlSeconds, "second")}; whether it is depends on the gateway`;
  return { step: "cache", outcome: "passed", detail };
}

/** The steps after the decision, as the gateway takes them; the refusal that one of them would answer with. */
function afterDecision(
  allowed: Allowed,
  explained: Explained,
  request: DecisionRequest,
  steps: TraceStep[],
): CheckRefusal | null {
  const { route, segments } = allowed;
  const { rateLimit, target } = route.route;
  steps.push({
    step: "rate_limit",
    outcome: rateLimit ? "passed" : "skipped",
    detail: rateLimit ? limitWords(rateLimit, explained.sourceIp) : "the route has no limit",
  });
  const { body, wire } = explained;
  const checked = {
    method: request.method,
    query: request.query,
    contentType: headerOf(wire.headers, "content-type"),
    bodyBytes: body.byteLength,
    body,
  };
  const refusal = checkBody(route, checked, (step) => steps.push(step));
  if (refusal) return refusal;
  steps.push(cacheStep(allowed, explained));
  const changes = describeTransform(route, segments);
  const detail = changes ? `${describeTarget(target)}, ${changes}` : describeTarget(target);
  steps.push({ step: "target", outcome: "passed", detail });
  return null;
}

function runOf({ route, segments }: Allowed, request: DecisionRequest): ExplainedSide["run"] {
  const { target } = route.route;
  let upstream: string | null = null;
  if (target.type === "http") {
    const { origin, path } = upstreamUrl(route, target.url, segments, request.query);
    upstream = `${origin}${path}`;
  }
  return {
    type: target.type,
    target: describeTarget(target),
    method:
      request.method === "HEAD" && route.method === "GET" && target.type !== "http" ? "GET" : request.method,
    pathParameters: pathParameters(route, segments),
    upstream,
    timeoutMs: "timeoutMs" in target ? target.timeoutMs : null,
  };
}

/** Headers that the gateway itself adds to the answer of a request that reached this route. */
function ownHeaders(route: CompiledRoute | null, origin: string | undefined): HeaderList {
  if (!route) return [];
  const headers: HeaderList = route.cors ? corsHeaders(route.cors, origin) : [];
  const limit = route.route.rateLimit;
  if (limit) headers.push(["RateLimit-Policy", `"${limit.per}";q=${limit.requestsPerMinute};w=60`]);
  return headers;
}

/** What keeps the routes that this request touches from being published. */
function problemsOf(touched: readonly Route[], winner: CompiledRoute | null): string[] {
  const problems: string[] = [];
  const duplicates = findDuplicates(touched);
  for (const group of duplicates) {
    const [first] = group;
    problems.push(
      `${count(group.length, "route")} match exactly what ${first?.method} ${first?.path} matches; publishing asks for one of them to stay.`,
    );
  }
  for (const { message } of winner ? routeErrors(winner.route) : []) {
    problems.push(`It cannot be published: ${winner?.method} ${winner?.route.path} ${message}.`);
  }
  return problems;
}

function named(steps: readonly TraceStep[], { brief }: Lookups): TraceStep[] {
  if (!brief) return [...steps];
  return steps.map((step) =>
    step.detail === `key ${brief.id}`
      ? { ...step, detail: `key '${brief.name}' (…${brief.lastFour}), ${brief.status}` }
      : step,
  );
}

function sideOf(
  version: number,
  steps: readonly TraceStep[],
  answer: Pick<ExplainedSide, "outcome" | "status" | "code" | "message">,
  more: Partial<ExplainedSide> = {},
): ExplainedSide {
  return {
    version,
    ...answer,
    details: [],
    headers: [],
    candidates: [],
    moreCandidates: 0,
    route: null,
    run: null,
    problems: [],
    ...more,
    steps: completeTrace(steps),
  };
}

const listed = (headers: HeaderList) => headers.map(([name, value]) => ({ name, value }));

/**
 * What a set of routes makes of a request: the gateway's own decision with its trace, and around it the same steps in
 * the same order that the gateway takes. Nothing is counted, sent or run.
 */
export function explainSide(
  explained: Explained,
  tenant: { id: string; slug: string },
  set: RouteSet,
  lookups: Lookups,
  now: number,
  draft: Pick<RouteSet, "byId"> = set,
): ExplainedSide {
  const problem = wireProblem(explained.wire);
  if (problem) {
    const steps: TraceStep[] = [{ step: "path", outcome: "refused", detail: problem }];
    return sideOf(set.version, steps, {
      outcome: "refused",
      status: 400,
      code: "bad_request",
      message: problem,
    });
  }
  const request = decisionRequestOf(explained);
  const compiled = set.compiled();
  const steps: TraceStep[] = [];
  let decision: Decision = decide(request, {
    tenant: { ...tenant, revision: { ...compiled, jobStatus: null } },
    now,
    lookupKey: () => lookups.key,
    lookupToken: () => lookups.token,
    trace: steps,
  });
  if (decision.kind === "unresolved") {
    decision = refuse("unavailable", "This credential cannot be checked at the moment.");
    steps.push({ step: "auth", outcome: "refused", detail: decision.message });
  }
  const allowed = decision.kind === "allowed" ? decision : null;
  const refusal: CheckRefusal | null =
    decision.kind === "refused" ? decision : allowed && afterDecision(allowed, explained, request, steps);

  const parsed = parseRequestPath(request.path);
  // Of a version that was refused nothing won, though the answer has a route's headers.
  const winner = steps.at(-1)?.step === "version" && refusal ? null : decision.route;
  const asked =
    decision.kind === "preflight" ? (request.accessControlRequestMethod as string) : request.method;
  const match = parsed.ok
    ? explainMatch(
        set.routes,
        compiled,
        { method: asked, segments: parsed.segments, apiVersion: request.apiVersion },
        winner,
      )
    : { candidates: [], more: 0 };
  const touched = match.candidates.flatMap(({ routeId, result }) => {
    const route = result === "near" ? undefined : set.byId.get(routeId);
    return route?.enabled ? [route] : [];
  });
  const more: Partial<ExplainedSide> = {
    candidates: match.candidates.map((one) => ({ ...one, inDraft: draft.byId.has(one.routeId) })),
    moreCandidates: match.more,
    problems: problemsOf(touched, winner),
    route: winner && {
      id: winner.id,
      method: winner.method,
      path: winner.route.path,
      apiVersion: winner.apiVersion,
      name: winner.route.name,
      inDraft: draft.byId.has(winner.id),
    },
  };
  const told = named(steps, lookups);
  if (refusal) {
    const headers = listed([...ownHeaders(refusal.route, request.origin), ...refusal.headers]);
    const { status, code, message } = refusal;
    return sideOf(
      set.version,
      told,
      { outcome: "refused", status, code, message },
      { ...more, headers, details: refusal.details ?? [] },
    );
  }
  if (decision.kind === "preflight") {
    const answer = { outcome: "preflight", status: 204, code: null, message: null } as const;
    return sideOf(set.version, told, answer, { ...more, headers: listed(decision.headers) });
  }
  const target = allowed?.route.route.target.type;
  const status = target === "job" || target === "pipeline" ? 202 : null;
  return sideOf(
    set.version,
    told,
    { outcome: "runs", status, code: null, message: null },
    {
      ...more,
      headers: listed(ownHeaders(allowed?.route ?? null, request.origin)),
      run: allowed && runOf(allowed, request),
    },
  );
}
