import { fetchKeySet, keySetConnections } from "#lib/outbound/fetch-key-set.ts";
import { createKeySets } from "#lib/outbound/key-sets.ts";
import type { Keyring } from "#lib/secrets/sealed-secret.ts";
import type { GatewayLogger } from "../logger.ts";
import { createIssuers } from "./issuers.ts";
import { createTokenLookup } from "./token-lookup.ts";

type Settings = { allowInternalUpstreams: boolean; keyring: Keyring };

/** Everything that bearer tokens need: who may make them, with which keys, and what is known of each. */
export function createTokens({ allowInternalUpstreams, keyring }: Settings, logger: GatewayLogger) {
  const connections = keySetConnections(allowInternalUpstreams);
  const keySets = createKeySets({
    fetch: (url) => fetchKeySet(url, connections),
    onError: (url, error) =>
      logger.warn(
        { host: URL.parse(url)?.host, reason: (error as Error).message },
        "an issuer's keys could not be fetched",
      ),
  });
  const issuers = createIssuers((issuerId) => keySets.forget(issuerId));
  const lookup = createTokenLookup({
    issuers,
    keySets,
    keyring,
    onError: ({ id, tenantId }, error) =>
      logger.error(
        { issuerId: id, tenantId, reason: (error as Error).message },
        "an issuer's secret cannot be read, so its tokens are answered 503",
      ),
  });
  return { issuers, lookup, close: () => connections.destroy() };
}
