import type { TokenLookup } from "#lib/contract/bearer.ts";
import { type Decision, type DecisionRequest, decide, type KeyLookup } from "#lib/contract/decision.ts";
import type { Address, Exchange } from "./exchange.ts";
import type { KeyLookups } from "./key-lookup.ts";
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

/**
 * Decides with what is in memory, and once more when a key or a token had to be asked for. What it was decided with
 * stays with the exchange.
 */
export async function decideRequest(
  exchange: Exchange,
  request: DecisionRequest,
  { keys, tokens }: { keys: KeyLookups; tokens: TokenLookups },
): Promise<Decision> {
  const { receivedAt: now } = exchange;
  const tenant = exchange.tenant ?? undefined;
  const tenantId = tenant?.id ?? "";
  let key: KeyLookup | null = null;
  let token: TokenLookup | null = null;
  let bearer = "";
  let decision = decide(request, {
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
  if (decision.kind === "unresolved") {
    if (decision.needs === "key") key = await keys.inDatabase(request.apiKey as string);
    else token = await tokens.verified(tenantId, bearer);
    decision = decide(request, {
      tenant,
      now,
      lookupKey: () => key ?? "unresolved",
      lookupToken: () => token ?? "unresolved",
    });
  }
  if (tenant?.revision) {
    const { slug, revision, number } = tenant;
    exchange.decided = { tenantId, slug, revision, number, request, key, token };
  }
  return decision;
}
