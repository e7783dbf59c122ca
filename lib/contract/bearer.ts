import type { HeaderList } from "./cors.ts";
import type { Auth } from "./route.ts";

/** The claims of a token, as its issuer wrote them. Read them with `Object.hasOwn`: the names are the issuer's. */
export type Claims = Record<string, unknown>;

/**
 * What is known of a bearer token. `unresolved`: not known yet, find out and decide again. `unavailable`: it cannot
 * be checked at the moment. `credentialId` is the same for tokens whose claims differ in nothing but their times.
 */
export type TokenLookup =
  | { kind: "valid"; claims: Claims; credentialId: string }
  | { kind: "refused"; code: "invalid_token" | "expired_token"; message: string }
  | "unresolved"
  | "unavailable";

type BearerAuth = Extract<Auth, { mode: "bearer" }>;

const BEARER = /^bearer(?: |$)/i;

/**
 * The token of an Authorization header. `missing` when there is none or the header speaks of another scheme;
 * `malformed` when it is not the scheme, one space and something without spaces.
 */
export function bearerToken(
  authorization: string | undefined,
): { kind: "missing" } | { kind: "malformed" } | { kind: "token"; token: string } {
  if (authorization === undefined || !BEARER.test(authorization)) return { kind: "missing" };
  const token = authorization.slice("bearer ".length);
  return token === "" || /\s/.test(token) ? { kind: "malformed" } : { kind: "token", token };
}

/** The claim that a name stands for, if the token has it; never something inherited. */
export const claimOf = (claims: Claims, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : undefined;

/** What a token may do: `scope` (separated by spaces) or `scp` (the same, or a list). */
export function scopesOf(claims: Claims): Set<string> {
  const found = new Set<string>();
  for (const value of [claimOf(claims, "scope"), claimOf(claims, "scp")]) {
    const list = typeof value === "string" ? value.split(" ") : Array.isArray(value) ? value : [];
    for (const each of list) if (typeof each === "string" && each !== "") found.add(each);
  }
  return found;
}

/** What a route asks for that a token does not bring; null when it brings everything. */
export function missingRights(
  auth: BearerAuth,
  claims: Claims,
): { scopes: string[]; claims: string[] } | null {
  const held = auth.requiredScopes.length > 0 ? scopesOf(claims) : null;
  const scopes = held ? auth.requiredScopes.filter((scope) => !held.has(scope)) : [];
  const lacking: string[] = [];
  for (const [name, wanted] of Object.entries(auth.requiredClaims)) {
    const value = claimOf(claims, name);
    if (value !== wanted && !(Array.isArray(value) && value.includes(wanted))) lacking.push(name);
  }
  return scopes.length > 0 || lacking.length > 0 ? { scopes, claims: lacking } : null;
}

/** Whom a token speaks for, across its renewals: its issuer and its subject, else the client that asked for it. */
export function subjectOf(claims: Claims): string {
  const who = [claimOf(claims, "sub"), claimOf(claims, "client_id"), claimOf(claims, "azp")];
  return JSON.stringify([claimOf(claims, "iss"), who.find((each) => typeof each === "string") ?? null]);
}

/** The characters that RFC 6749 lets a scope have; any other could not stand in the header. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** The `WWW-Authenticate` of RFC 6750. Without an error when no token was sent. `description` is plain ASCII. */
export function bearerChallenge(
  realm: string,
  error?: "invalid_token" | "insufficient_scope",
  extra: { description?: string; scopes?: readonly string[] } = {},
): HeaderList {
  const scopes = extra.scopes?.filter((scope) => SCOPE.test(scope)).join(" ");
  const parts = [`realm="${realm}"`];
  if (error) parts.push(`error="${error}"`);
  if (extra.description) parts.push(`error_description="${extra.description}"`);
  if (scopes) parts.push(`scope="${scopes}"`);
  return [["WWW-Authenticate", `Bearer ${parts.join(", ")}`]];
}
