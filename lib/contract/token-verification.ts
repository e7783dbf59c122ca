import { compactVerify } from "jose";
import { type Claims, claimOf, type TokenLookup } from "./bearer.ts";
import { ALGORITHMS, type Issuer } from "./issuer.ts";
import { type KeySet, keysFor } from "./key-set.ts";
import { checkClaims, credentialIdOf, refusedToken } from "./token-claims.ts";
import { parseToken, type TokenHeader } from "./token-shape.ts";

/** How an issuer's keys are come by. Neither ever rejects; `null` when they cannot be had at the moment. */
export type KeySource<I extends Issuer> = {
  /** Of an issuer with a shared secret. */
  secret(issuer: I): Uint8Array | null;
  /** Of an issuer with a key set; `newer` is the set that did not have the right key. */
  keySet(issuer: I, newer?: KeySet): Promise<KeySet | null>;
};

/** A token's outcome, the issuer that answers for it, and the keys it was verified with. */
export type Verification<I extends Issuer> = {
  lookup: Exclude<TokenLookup, "unresolved">;
  issuer: I | null;
  keySet: KeySet | null;
};

/** Reads a token and finds the issuer that it names. What it names is not verified yet. */
export function identifyToken<I extends Issuer>(
  token: string,
  issuers: readonly I[],
): { ok: true; header: TokenHeader; claims: Claims; issuer: I } | { ok: false; message: string } {
  const parsed = parseToken(token);
  if (!parsed.ok) return parsed;
  const iss = claimOf(parsed.claims, "iss");
  const issuer = issuers.find((each) => each.iss === iss);
  if (!issuer) return { ok: false, message: "The token is from an issuer that is not accepted here." };
  const { alg } = parsed.header;
  // The kind is asked as well: even an issuer row with a wrong list cannot mix secrets and public keys.
  if (!issuer.algorithms.includes(alg) || !(ALGORITHMS[issuer.kind] as readonly string[]).includes(alg)) {
    return { ok: false, message: "The token is signed with an algorithm that its issuer does not use." };
  }
  return { ...parsed, issuer };
}

async function isSignedBy(
  token: string,
  keys: Parameters<typeof compactVerify>[1][],
  alg: string,
): Promise<boolean> {
  for (const key of keys) {
    try {
      await compactVerify(token, key, { algorithms: [alg] });
      return true;
    } catch {
      // a wrong signature, or a key that cannot be used: the next one may fit
    }
  }
  return false;
}

/**
 * Verifies a token with the one issuer that it names: signature with that issuer's keys only, then its claims. A key
 * that is not in the issuer's set is asked for once more. `now` in Unix milliseconds.
 */
export async function verifyToken<I extends Issuer>(
  token: string,
  issuers: readonly I[],
  source: KeySource<I>,
  now: number,
): Promise<Verification<I>> {
  const identified = identifyToken(token, issuers);
  if (!identified.ok) return { lookup: refusedToken(identified.message), issuer: null, keySet: null };
  const { issuer, header, claims } = identified;
  const outcome = (lookup: Verification<I>["lookup"], keySet: KeySet | null = null) => ({
    lookup,
    issuer,
    keySet,
  });
  const badSignature = refusedToken("The token's signature does not fit its issuer's keys.");

  let keySet: KeySet | null = null;
  if (issuer.kind === "secret") {
    const secret = source.secret(issuer);
    if (!secret) return outcome("unavailable");
    if (!(await isSignedBy(token, [secret], header.alg))) return outcome(badSignature);
  } else {
    keySet = await source.keySet(issuer);
    if (!keySet) return outcome("unavailable");
    let keys = keysFor(keySet, header);
    let signed = await isSignedBy(token, keys, header.alg);
    if (!signed && (keys.length === 0 || header.kid === undefined)) {
      const before = keySet;
      keySet = await source.keySet(issuer, before);
      if (!keySet) return outcome("unavailable");
      if (keySet !== before) {
        keys = keysFor(keySet, header);
        signed = await isSignedBy(token, keys, header.alg);
      }
    }
    if (!signed) return outcome(badSignature, keySet);
  }
  const refusal = checkClaims(claims, issuer, now);
  if (refusal) return outcome(refusal, keySet);
  return outcome({ kind: "valid", claims, credentialId: await credentialIdOf(claims, issuer) }, keySet);
}
