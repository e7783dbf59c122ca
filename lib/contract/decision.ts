import { type CompiledRequests, describeMisses, isAuthorizedRequest } from "./authorized-requests.ts";
import {
  bearerChallenge,
  bearerToken,
  type Claims,
  claimOf,
  missingRights,
  subjectOf,
  type TokenLookup,
} from "./bearer.ts";
import type { CompiledRevision } from "./compile.ts";
import type { CompiledRoute } from "./compiled-route.ts";
import { allowsOrigin, type HeaderList, isPreflight, preflightHeaders } from "./cors.ts";
import { holdsApiKey, isWellFormedCredential } from "./credential.ts";
import { GATEWAY_ERROR_STATUS, type GatewayErrorCode } from "./errors.ts";
import { isAllowedKey } from "./key-reach.ts";
import { matchRoute, type VersionGroup } from "./matcher.ts";
import { parseRequestPath } from "./path.ts";
import type { TraceStep } from "./trace.ts";
import { chooseVersion, routesOf } from "./version.ts";

/** What the decision reads of a request. Header values as sent; `path` is raw and without the query. */
export type DecisionRequest = {
  method: string;
  path: string;
  /** Raw, without `?`. */
  query: string;
  origin: string | undefined;
  accessControlRequestMethod: string | undefined;
  apiVersion: string | undefined;
  apiKey: string | undefined;
  authorization: string | undefined;
};

/** A key as the decision needs it. Times are Unix milliseconds. */
export type KeyFacts = {
  id: string;
  tenantId: string;
  expiresAt: number | null;
  revokedAt: number | null;
  authorizedRequests: CompiledRequests | null;
  /** The keys that it took over from: a route that allows one of them allows this one. */
  succeeds: readonly string[];
};

/** `unresolved`: not in memory, ask the database and decide again. `unavailable`: it could not be asked. */
export type KeyLookup = KeyFacts | "unknown" | "unresolved" | "unavailable";

export type DecisionTenant = { id: string; slug: string; revision: CompiledRevision | null };

export type DecisionContext = {
  tenant: DecisionTenant | undefined;
  /** Unix milliseconds. */
  now: number;
  lookupKey: (apiKey: string) => KeyLookup;
  lookupToken: (token: string) => TokenLookup;
  trace?: TraceStep[];
};

export type Refusal = {
  kind: "refused";
  status: number;
  code: GatewayErrorCode;
  message: string;
  headers: HeaderList;
  /** The route whose CORS and limit apply to the answer, once one is known. */
  route: CompiledRoute | null;
};

/** Who sent the request, as far as the route asked. */
export type Caller = {
  key: KeyFacts | null;
  /** Of a bearer token. */
  claims: Claims | null;
  /** Whom a limit per key counts: the key, or the token's issuer and subject. */
  subject: string | null;
  /** Whose answers are alike: the key, or every token with these claims. For a cache that is kept per credential. */
  credentialId: string | null;
};
export type Allowed = { kind: "allowed"; route: CompiledRoute; segments: string[] } & Caller;
/** A credential that must be looked up before anything can be said. */
export type Unresolved = { kind: "unresolved"; needs: "key" | "token" };
export type Decision =
  | Refusal
  | { kind: "preflight"; route: CompiledRoute; headers: HeaderList }
  | Unresolved
  | Allowed;

const KEY_IN_ADDRESS =
  "An API key must not be in the address, which caches, logs and histories keep: send it in the X-Api-Key header, and replace it if it was real.";

/** Builds a refusal with the status that belongs to its code. */
export function refuse(
  code: GatewayErrorCode,
  message: string,
  route: CompiledRoute | null = null,
  headers: HeaderList = [],
): Refusal {
  return { kind: "refused", status: GATEWAY_ERROR_STATUS[code], code, message, headers, route };
}

/**
 * Decides about a request up to the point where it may run: tenant, preflight, route, version, auth, entitlement,
 * in this order. Pure: time and keys come in through `context`. With `context.trace` it also says why.
 */
export function decide(request: DecisionRequest, context: DecisionContext): Decision {
  const { tenant, trace } = context;
  const refused = (step: TraceStep["step"], refusal: Refusal, detail = refusal.message): Refusal => {
    trace?.push({ step, outcome: "refused", detail });
    return refusal;
  };

  if (!tenant) return refused("tenant", refuse("tenant_not_found", "There is no such tenant."));
  if (!tenant.revision) {
    return refused("tenant", refuse("unavailable", "This tenant's routes cannot be served at the moment."));
  }
  trace?.push({ step: "tenant", outcome: "passed", detail: tenant.slug });
  const { tree } = tenant.revision;

  const parsed = parseRequestPath(request.path);
  if (!parsed.ok) return refused("path", refuse("bad_request", parsed.message));
  if (holdsApiKey(request.query)) return refused("path", refuse("bad_request", KEY_IN_ADDRESS));
  const { segments } = parsed;
  trace?.push({ step: "path", outcome: "passed", detail: countOf(segments.length, "segment") });

  const { origin, accessControlRequestMethod: wanted } = request;
  if (isPreflight(request.method, origin, wanted)) {
    const match = matchRoute(tree, wanted as string, segments);
    // A preflight names no version, so any version that lets the origin in may answer it.
    const routes = match.kind === "match" ? routesOf(match.group).filter((route) => route.cors) : [];
    const route = routes.find((each) => each.cors && allowsOrigin(each.cors, origin)) ?? routes[0];
    if (route?.cors) {
      const may = allowsOrigin(route.cors, origin) ? "may" : "may not";
      const detail = trace && `answered by ${route.method} ${route.route.path}; this origin ${may} call it`;
      if (detail) trace.push({ step: "preflight", outcome: "passed", detail });
      return { kind: "preflight", route, headers: preflightHeaders(route.cors, origin as string) };
    }
    const detail = "no route with CORS for the method it asks about";
    trace?.push({ step: "preflight", outcome: "skipped", detail });
  } else {
    trace?.push({ step: "preflight", outcome: "skipped", detail: "not a preflight" });
  }

  const match = matchRoute(tree, request.method, segments);
  if (match.kind === "not_found") {
    return refused("route", refuse("route_not_found", "No route matches this path."));
  }
  if (match.kind === "method_not_allowed") {
    const allow = match.allow.join(", ");
    const message = `This path answers ${allow} only.`;
    return refused("route", refuse("method_not_allowed", message, null, [["Allow", allow]]));
  }
  trace?.push({ step: "route", outcome: "passed", detail: describeGroup(match.group) });
  const choice = chooseVersion(match.group, request.apiVersion);
  if (choice.kind !== "chosen") {
    return refused("version", refuse(choice.kind, choice.message, routesOf(match.group)[0] ?? null));
  }
  const { route } = choice;
  const { apiVersion } = route;
  const version = apiVersion ?? "the route has no version";
  trace?.push({ step: "version", outcome: apiVersion ? "passed" : "skipped", detail: version });

  const caller = authenticate(route, tenant, request, context);
  if ("kind" in caller) return caller.kind === "refused" ? refused("auth", caller) : caller;
  const outcome = caller.subject ? "passed" : "skipped";
  trace?.push({ step: "auth", outcome, detail: whoIs(caller) });

  const entitlement = entitle(route, tenant, caller, request, segments);
  if (entitlement) {
    const why = trace && whyNotEntitled(route, caller, request, segments);
    return refused("entitlement", entitlement, why ?? entitlement.message);
  }
  trace?.push({ step: "entitlement", outcome, detail: entitlementOf(caller) });
  const { key, claims, subject, credentialId } = caller;
  return { kind: "allowed", route, segments, key, claims, subject, credentialId };
}

const ANYBODY: Caller = { key: null, claims: null, subject: null, credentialId: null };

function whoIs({ key, claims }: Caller): string {
  if (key) return `key ${key.id}`;
  return claims ? `token of ${claimOf(claims, "iss")} for ${claimOf(claims, "sub")}` : "open to everybody";
}

function entitlementOf({ key, claims }: Caller): string {
  if (key) return "the key may make this request";
  return claims ? "the token has the scopes and claims that the route asks for" : "no credential";
}

function authenticate(
  route: CompiledRoute,
  tenant: DecisionTenant,
  request: DecisionRequest,
  context: DecisionContext,
): Caller | Unresolved | Refusal {
  const { mode } = route.route.auth;
  switch (mode) {
    case "none":
      return ANYBODY;
    case "api-key":
      return authenticateKey(route, tenant, request.apiKey, context);
    case "bearer":
      return authenticateToken(route, tenant, request.authorization, context);
  }
}

function authenticateKey(
  route: CompiledRoute,
  tenant: DecisionTenant,
  apiKey: string | undefined,
  context: DecisionContext,
): Caller | Unresolved | Refusal {
  const challenge: HeaderList = [["WWW-Authenticate", `ApiKey realm="${tenant.slug}"`]];
  const unauthorized = (code: GatewayErrorCode, message: string) => refuse(code, message, route, challenge);

  if (apiKey === undefined || apiKey === "") {
    return unauthorized("missing_credentials", "Send an API key in the X-Api-Key header.");
  }
  if (!isWellFormedCredential("apiKey", apiKey)) {
    return unauthorized("invalid_api_key", "This is not a valid API key.");
  }
  const key = context.lookupKey(apiKey);
  if (key === "unresolved") return { kind: "unresolved", needs: "key" };
  if (key === "unavailable") {
    return refuse("unavailable", "This API key cannot be checked at the moment.", route);
  }
  // A key of another tenant looks like one that was never issued.
  if (key === "unknown" || key.tenantId !== tenant.id) {
    return unauthorized("invalid_api_key", "This is not a valid API key.");
  }
  if (key.revokedAt !== null) return unauthorized("revoked_api_key", "This API key has been revoked.");
  if (key.expiresAt !== null && key.expiresAt <= context.now) {
    return unauthorized("expired_api_key", "This API key has expired.");
  }
  return { key, claims: null, subject: key.id, credentialId: key.id };
}

function authenticateToken(
  route: CompiledRoute,
  tenant: DecisionTenant,
  authorization: string | undefined,
  context: DecisionContext,
): Caller | Unresolved | Refusal {
  const sent = bearerToken(authorization);
  if (sent.kind === "missing") {
    const message = "Send a token in the header 'Authorization: Bearer <token>'.";
    return refuse("missing_credentials", message, route, bearerChallenge(tenant.slug));
  }
  const unauthorized = (code: "invalid_token" | "expired_token", description: string) =>
    refuse(code, description, route, bearerChallenge(tenant.slug, "invalid_token", { description }));
  if (sent.kind === "malformed") {
    return unauthorized("invalid_token", "The Authorization header must be Bearer, one space and the token.");
  }
  const found = context.lookupToken(sent.token);
  if (found === "unresolved") return { kind: "unresolved", needs: "token" };
  if (found === "unavailable") {
    return refuse("unavailable", "This token cannot be checked at the moment.", route);
  }
  if (found.kind === "refused") return unauthorized(found.code, found.message);
  const { claims, credentialId } = found;
  return { key: null, claims, subject: subjectOf(claims), credentialId };
}

function entitle(
  route: CompiledRoute,
  tenant: DecisionTenant,
  { key, claims }: Caller,
  request: DecisionRequest,
  segments: readonly string[],
): Refusal | null {
  const { auth } = route.route;
  if (claims && auth.mode === "bearer") {
    const missing = missingRights(auth, claims);
    if (!missing) return null;
    const what = [
      ...missing.scopes.map((scope) => `the scope ${scope}`),
      ...missing.claims.map((name) => `the right value of the claim ${name}`),
    ];
    const challenge = bearerChallenge(tenant.slug, "insufficient_scope", { scopes: auth.requiredScopes });
    return refuse("insufficient_scope", `The token lacks ${what.join(", ")}.`, route, challenge);
  }
  if (!key) return null;
  if (!isAllowedKey(route, key)) {
    return refuse("key_not_allowed", "This API key is not allowed on this route.", route);
  }
  const { authorizedRequests } = key;
  if (
    authorizedRequests &&
    !isAuthorizedRequest(authorizedRequests, request.method, segments, request.query)
  ) {
    return refuse("request_not_authorized", "This API key does not cover this request.", route);
  }
  return null;
}

const countOf = (amount: number, one: string) => `${amount} ${one}${amount === 1 ? "" : "s"}`;

const describeGroup = (group: VersionGroup) => `${group.method} ${routesOf(group)[0]?.route.path}`;

/** For the trace only: which of a key's two rights is missing, and how near its own requests come. */
function whyNotEntitled(
  route: CompiledRoute,
  { key }: Caller,
  request: DecisionRequest,
  segments: readonly string[],
): string | null {
  if (!key) return null;
  if (!isAllowedKey(route, key)) {
    return `The route allows ${countOf(route.allowedKeys?.size ?? 0, "key")}, and this one is not among them.`;
  }
  return describeMisses(key.authorizedRequests ?? [], request.method, segments, request.query);
}
