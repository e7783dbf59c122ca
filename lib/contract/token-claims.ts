import { type Claims, claimOf, type TokenLookup } from "./bearer.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Issuer } from "./issuer.ts";

type Refused = Extract<TokenLookup, { kind: "refused" }>;

/** A token that is refused. `message` is plain ASCII without quotes: it goes into a header too. */
export const refusedToken = (
  message: string,
  code: "invalid_token" | "expired_token" = "invalid_token",
): Refused => ({ kind: "refused", code, message });

const isTime = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** Until when a verified token is good, with the issuer's skew, in Unix milliseconds. */
export const goodUntil = (claims: Claims, issuer: Issuer): number =>
  ((claimOf(claims, "exp") as number) + issuer.clockSkewSeconds) * 1_000;

/** What is wrong with the claims of a token whose signature holds; null when nothing is. `now` in Unix milliseconds. */
export function checkClaims(claims: Claims, issuer: Issuer, now: number): Refused | null {
  const [aud, exp, nbf, iat] = ["aud", "exp", "nbf", "iat"].map((name) => claimOf(claims, name));
  if (claimOf(claims, "iss") !== issuer.iss) return refusedToken("The token is from another issuer.");
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (!audiences.some((each) => typeof each === "string" && issuer.audiences.includes(each))) {
    return refusedToken("The token is meant for another audience.");
  }
  if (!isTime(exp)) return refusedToken("The token does not say when it expires.");
  const latestStart = now + issuer.clockSkewSeconds * 1_000;
  if (nbf !== undefined && (!isTime(nbf) || nbf * 1_000 > latestStart)) {
    return refusedToken("The token is not valid yet.");
  }
  if (iat !== undefined && (!isTime(iat) || iat * 1_000 > latestStart)) {
    return refusedToken("The token says that it was made in the future.");
  }
  if (goodUntil(claims, issuer) <= now) return refusedToken("The token has expired.", "expired_token");
  return null;
}

/** What changes when a token is renewed and says nothing about its bearer. */
const OF_ONE_TOKEN = new Set(["exp", "iat", "nbf", "jti"]);

/** The same for every token of the issuer with these claims, whenever it was made. */
export async function credentialIdOf(claims: Claims, issuer: Issuer): Promise<string> {
  const lasting = Object.entries(claims).filter(([name]) => !OF_ONE_TOKEN.has(name));
  const text = `${issuer.id} ${canonicalJson(Object.fromEntries(lasting))}`;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...digest));
}
