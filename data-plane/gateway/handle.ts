import type pg from "pg";
import type { Dispatcher } from "undici";
import type { FunctionsHost } from "#data-plane/functions-host/index.ts";
import type { CompiledRoute } from "#lib/contract/compiled-route.ts";
import { corsHeaders } from "#lib/contract/cors.ts";
import type { Allowed, Decision, DecisionRequest, Refusal } from "#lib/contract/decision.ts";
import type { RateLimit } from "#lib/contract/route.ts";
import { decideRequest, decisionRequest } from "./decide-request.ts";
import { type Address, type AllowedExchange, answer, answerError, type Exchange } from "./exchange.ts";
import { HeaderLines } from "./header-lines.ts";
import type { KeyLookups } from "./key-lookup.ts";
import type { ResponseCache } from "./policies/cache.ts";
import { type Counted, type LimitState, type RateLimiter, rateLimitHeaders } from "./policies/rate-limit.ts";
import type { SharedLimits } from "./policies/shared-limits.ts";
import { limitSubject } from "./policies/source-ip.ts";
import type { Refusals } from "./refusals.ts";
import { run } from "./run.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Tallies } from "./tallies.ts";
import type { Lambdas } from "./targets/lambda.ts";
import type { TokenLookups } from "./tokens/token-lookup.ts";

/** Everything that a request may need on its way. */
export type Services = {
  snapshot: Snapshot;
  keys: KeyLookups;
  tokens: TokenLookups;
  limiter: Pick<RateLimiter | SharedLimits, "take" | "peek">;
  tallies: Pick<Tallies, "count">;
  refusals: Pick<Refusals, "note">;
  functions: FunctionsHost;
  upstreams: Dispatcher;
  cache: ResponseCache;
  lambdas: Lambdas;
  pool: pg.Pool;
  trustedProxies: number;
};

/** A limit per key counts a token's subject, so that a new token brings no new allowance. */
function countedBy(
  { caller, sourceIp, tenant }: Exchange,
  { id: routeId }: CompiledRoute,
  limit: RateLimit,
): Counted {
  const subject = limit.per === "key" && caller?.subject ? caller.subject : limitSubject(sourceIp);
  return { tenantId: tenant?.id ?? "", routeId, subject };
}

/**
 * Takes one request through the contract's steps, in their order, to its answer. What the gateway can answer from
 * memory is answered before it returns; a promise is for what has to be waited for.
 */
export function handle(exchange: Exchange, address: Address, services: Services): Promise<void> | void {
  exchange.tenant = services.snapshot.tenant(address.slug) ?? null;
  const request = decisionRequest(exchange, address);
  const decision = decideRequest(exchange, request, services);
  return decision instanceof Promise
    ? decision.then((decided) => follow(decided, exchange, request, address, services))
    : follow(decision, exchange, request, address, services);
}

/** Does what was decided. */
function follow(
  decision: Decision,
  exchange: Exchange,
  request: DecisionRequest,
  address: Address,
  services: Services,
): Promise<void> | void {
  const { limiter } = services;
  const now = exchange.receivedAt;
  if (decision.kind === "unresolved") return answerError(exchange, "unavailable", "Try again.");
  if (decision.kind === "preflight") {
    exchange.route = decision.route;
    return answer(exchange, 204, HeaderLines.of(decision.headers), null);
  }

  const { route } = decision;
  exchange.route = route;
  if (route?.cors) {
    exchange.ownCors = true;
    exchange.headers = exchange.headers.and(HeaderLines.of(corsHeaders(route.cors, request.origin)));
  }
  const limit = route?.route.rateLimit ?? null;
  if (decision.kind === "refused") {
    if (!route || !limit) return refuseWith(decision, exchange);
    const state = limiter.peek(countedBy(exchange, route, limit), limit, now);
    const goOn = (known: LimitState) => {
      exchange.headers = exchange.headers.and(rateLimitHeaders(limit, known));
      refuseWith(decision, exchange);
    };
    return state instanceof Promise ? state.then(goOn) : goOn(state);
  }

  exchange.key = decision.key;
  exchange.caller = decision;
  if (!limit) return run(exchange as AllowedExchange, address, decision.segments, services);
  const state = limiter.take(countedBy(exchange, decision.route, limit), limit, now);
  return state instanceof Promise
    ? state.then((known) => runWithin(limit, known, decision, exchange, address, services))
    : runWithin(limit, state, decision, exchange, address, services);
}

function refuseWith({ code, message, headers }: Refusal, exchange: Exchange): void {
  answerError(exchange, code, message, headers);
}

/** Runs a request that its limit still lets through. */
function runWithin(
  limit: RateLimit,
  state: LimitState,
  { segments }: Allowed,
  exchange: Exchange,
  address: Address,
  services: Services,
): Promise<void> | void {
  exchange.headers = exchange.headers.and(rateLimitHeaders(limit, state));
  if (state.limited) {
    const message = `More than ${limit.requestsPerMinute} requests in a minute. Try again in ${state.resetSeconds} s.`;
    return answerError(exchange, "rate_limited", message, [["Retry-After", String(state.resetSeconds)]]);
  }
  return run(exchange as AllowedExchange, address, segments, services);
}
