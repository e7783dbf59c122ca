import type { TokenLookup } from "#lib/contract/bearer.ts";
import { type Decision, type DecisionRequest, decide, type KeyLookup } from "#lib/contract/decision.ts";
import type { Address, Exchange } from "./exchange.ts";
import type { KeyLookups } from "./key-lookup.ts";
import type { Decided } from "./refusals.ts";
import type { TenantState } from "./snapshot.ts";
import type { TokenLookups } from "./tokens/token-lookup.ts";

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** What the decision reads of a request. */
export function decisionRequest(exchange: Exchange, address: Address): DecisionRequest {
  const { headers, method } = exchange.req;
  return {
    method: method as string,
    path: address.path,
    query: address.query,
    origin: headers.origin,
    accessControlRequestMethod: headers["access-control-request-method"],
    apiVersion: single(headers["x-api-version"]),
    apiKey: single(headers["x-api-key"]),
    authorization: headers.authorization,
  };
}

type Lookups = { keys: KeyLookups; tokens: TokenLookups };

/**
 * Decides with what is in memory, and once more when a key or a token had to be asked for. What it was decided with
 * stays with the exchange. A promise only if somebody had to be asked: nearly no request has to wait.
 */
export function decideRequest(
  exchange: Exchange,
  request: DecisionRequest,
  { keys, tokens }: Lookups,
): Decision | Promise<Decision> {
  const { receivedAt: now } = exchange;
  const tenant = exchange.tenant ?? undefined;
  const tenantId = tenant?.id ?? "";
  let key: KeyLookup | null = null;
  let token: TokenLookup | null = null;
  let bearer = "";
  const decision = decide(request, {
    tenant,
    now,
    lookupKey(sent) {
      key = keys.inMemory(sent, now);
      return key;
    },
    lookupToken(sent) {
      bearer = sent;
      token = tokens.inMemory(tenantId, sent, now);
      return token;
    },
  });
  if (decision.kind !== "unresolved") {
    exchange.decided = decidedWith(exchange.tenant, request, key, token);
    return decision;
  }
  return decision.needs === "key"
    ? keys.inDatabase(request.apiKey as string).then((found) => decideAgain(exchange, request, found, token))
    : tokens.verified(tenantId, bearer).then((found) => decideAgain(exchange, request, key, found));
}

function decideAgain(
  exchange: Exchange,
  request: DecisionRequest,
  key: KeyLookup | null,
  token: TokenLookup | null,
): Decision {
  exchange.decided = decidedWith(exchange.tenant, request, key, token);
  return decide(request, {
    tenant: exchange.tenant ?? undefined,
    now: exchange.receivedAt,
    lookupKey: () => key ?? "unresolved",
    lookupToken: () => token ?? "unresolved",
  });
}

/** Null when there is no revision to decide by. */
function decidedWith(
  tenant: TenantState | null,
  request: DecisionRequest,
  key: KeyLookup | null,
  token: TokenLookup | null,
): Decided | null {
  if (!tenant?.revision) return null;
  const { id: tenantId, slug, revision, number } = tenant;
  return { tenantId, slug, revision, number, request, key, token };
}
