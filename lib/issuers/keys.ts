import type { Issuer } from "#lib/contract/issuer.ts";
import type { KeySource } from "#lib/contract/token-verification.ts";
import { env } from "#lib/env.ts";
import { fetchKeySet, keySetConnections } from "#lib/outbound/fetch-key-set.ts";
import { createKeySets, type KeySets } from "#lib/outbound/key-sets.ts";
import { issuerSecretBinding, openSecret, type SealedSecret } from "#lib/secrets/sealed-secret.ts";

export type IssuerWithKeys = Issuer & {
  name: string;
  jwksUrl: string | null;
  sealed: SealedSecret | null;
};

let keySets: KeySets | null = null;

/** The key sets that this process has fetched; made when first used, because a build has no settings. */
export function consoleKeySets(): KeySets {
  if (!keySets) {
    const connections = keySetConnections(env.allowInternalUpstreams);
    keySets = createKeySets({ fetch: (url) => fetchKeySet(url, connections) });
  }
  return keySets;
}

/** Why an issuer's secret cannot be read here; null when it can, or when it has none. */
export function secretReadProblem(issuer: Pick<IssuerWithKeys, "id" | "tenantId" | "sealed">): string | null {
  if (!issuer.sealed) return null;
  try {
    openSecret(env.encryptionKeyring, issuer.sealed, issuerSecretBinding(issuer.tenantId, issuer.id));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Keys as the gateways come by them: the same fetch, the same protections, the same seal. */
export const consoleKeySource: KeySource<IssuerWithKeys> = {
  secret(issuer) {
    if (!issuer.sealed) return null;
    try {
      return openSecret(
        env.encryptionKeyring,
        issuer.sealed,
        issuerSecretBinding(issuer.tenantId, issuer.id),
      );
    } catch {
      return null;
    }
  },
  keySet(issuer, newerThan) {
    const keys = consoleKeySets().of(issuer, issuer.jwksUrl ?? "");
    return newerThan ? keys.newerThan(newerThan) : keys.current();
  },
};
