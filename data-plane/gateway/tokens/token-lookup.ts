import { hash } from "node:crypto";
import type { Claims, TokenLookup } from "#lib/contract/bearer.ts";
import type { KeySet } from "#lib/contract/key-set.ts";
import { goodUntil, refusedToken } from "#lib/contract/token-claims.ts";
import { identifyToken, type KeySource, verifyToken } from "#lib/contract/token-verification.ts";
import type { KeySets } from "#lib/outbound/key-sets.ts";
import { issuerSecretBinding, type Keyring, openSecret } from "#lib/secrets/sealed-secret.ts";
import type { Issuers, StoredIssuer } from "./issuers.ts";

/** Tokens that were verified; the oldest are forgotten beyond. A claim set takes 1 kB or so. */
const MAX_VERIFIED = 20_000;
/** More than this many tokens being verified at once and somebody is guessing. */
const MAX_PENDING = 256;

type Verified = {
  issuer: StoredIssuer;
  keySet: KeySet | null;
  claims: Claims;
  credentialId: string;
  /** Unix milliseconds. */
  until: number;
};

type Options = {
  issuers: Issuers;
  keySets: KeySets;
  keyring: Keyring;
  /** What keeps an issuer's tokens from being checked; never holds a token or a secret. */
  onError: (issuer: StoredIssuer, error: unknown) => void;
};

const nameOf = (tenantId: string, token: string): string => hash("sha256", `${tenantId} ${token}`, "base64");

/**
 * Finds out whether bearer tokens are good. A token that was verified is remembered by its SHA-256 until it expires,
 * its issuer changes, or its issuer publishes other keys, so that a caller's next request costs one look into a map.
 */
export function createTokenLookup({ issuers, keySets, keyring, onError }: Options) {
  const verified = new Map<string, Verified>();
  const pending = new Map<string, Promise<TokenLookup>>();
  const secrets = new WeakMap<StoredIssuer, Uint8Array>();

  const keysOf = (issuer: StoredIssuer) => keySets.of(issuer, issuer.jwksUrl ?? "");
  const source: KeySource<StoredIssuer> = {
    secret(issuer) {
      let secret = secrets.get(issuer) ?? null;
      if (!secret && issuer.sealed) {
        try {
          secret = openSecret(keyring, issuer.sealed, issuerSecretBinding(issuer.tenantId, issuer.id));
          secrets.set(issuer, secret);
        } catch (error) {
          onError(issuer, error);
        }
      }
      return secret;
    },
    keySet: (issuer, newerThan) =>
      newerThan ? keysOf(issuer).newerThan(newerThan) : keysOf(issuer).current(),
  };

  async function verify(name: string, tenantId: string, token: string): Promise<TokenLookup> {
    const now = Date.now();
    const { lookup, issuer, keySet } = await verifyToken(token, issuers.of(tenantId), source, now);
    if (lookup === "unavailable" || lookup.kind !== "valid" || !issuer) return lookup;
    // It was changed, disabled or deleted while its keys were awaited.
    if (!issuers.isCurrent(issuer)) return verify(name, tenantId, token);
    if (verified.size >= MAX_VERIFIED) verified.delete(verified.keys().next().value as string);
    const { claims, credentialId } = lookup;
    verified.set(name, { issuer, keySet, claims, credentialId, until: goodUntil(claims, issuer) });
    return lookup;
  }

  return {
    /** `unresolved` when the token has to be verified first. */
    inMemory(tenantId: string, token: string, now: number): TokenLookup {
      const name = nameOf(tenantId, token);
      const known = verified.get(name);
      if (known) {
        const { issuer, keySet, claims, credentialId } = known;
        if (!issuers.isCurrent(issuer) || (keySet && keysOf(issuer).peek() !== keySet)) verified.delete(name);
        else if (known.until <= now) return refusedToken("The token has expired.", "expired_token");
        else return { kind: "valid", claims, credentialId };
      }
      const identified = identifyToken(token, issuers.of(tenantId));
      return identified.ok ? "unresolved" : refusedToken(identified.message);
    },

    /** Never rejects: `unavailable` when the token cannot be verified at the moment. */
    verified(tenantId: string, token: string): Promise<TokenLookup> {
      const name = nameOf(tenantId, token);
      let answer = pending.get(name);
      if (answer) return answer;
      if (pending.size >= MAX_PENDING) return Promise.resolve("unavailable");
      answer = verify(name, tenantId, token)
        .catch((): TokenLookup => "unavailable")
        .finally(() => pending.delete(name));
      pending.set(name, answer);
      return answer;
    },
  };
}
export type TokenLookups = ReturnType<typeof createTokenLookup>;
