import { canonicalJson } from "#lib/contract/canonical-json.ts";
import type { Auth, Cors, RateLimit, RouteFields, Target } from "#lib/contract/route.ts";

export const AUTH_MODES = ["none", "api-key", "bearer"] as const;
export const TARGET_TYPES = ["function", "http", "lambda", "job", "pipeline", "job-status"] as const;
export const ROUTE_SORTS = ["path", "updated"] as const;
/** How a route of the draft stands to what is live. */
export const PUBLISHED = ["new", "changed", "same"] as const;

const READS = ["GET", "HEAD", "OPTIONS"];

/** Whether the gateway lets anybody at all change something through this route. */
export const isOpenToWrites = (route: Pick<RouteFields, "auth" | "method">): boolean =>
  route.auth.mode === "none" && !READS.includes(route.method);

/** Whether two documents say the same, whatever the order of their members. */
export function sameDocument(a: RouteFields, b: RouteFields): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/** A target in a few words, for lists and differences. */
export function describeTarget(target: Target): string {
  switch (target.type) {
    case "function":
      return `function ${target.function}`;
    case "http":
      return target.url;
    case "lambda":
      return `lambda ${target.functionName}`;
    case "job":
      return `job ${target.function}`;
    case "pipeline":
      return `pipeline ${target.functions.join(" → ")}`;
    case "job-status":
      return "job status";
  }
}

/** Who gets past this auth, in words that stand on their own. */
export function authInWords(auth: Auth): string {
  if (auth.mode === "none") return "public";
  if (auth.mode === "api-key") {
    const allowed = auth.allowedApiKeyIds;
    if (allowed === null) return "any API key";
    return allowed.length === 0 ? "no API key at all" : count(allowed.length, "named API key");
  }
  const asks = [
    ...(auth.requiredScopes.length > 0 ? [`scopes ${auth.requiredScopes.join(", ")}`] : []),
    ...(Object.keys(auth.requiredClaims).length > 0 ? [`claims ${JSON.stringify(auth.requiredClaims)}`] : []),
  ];
  return `bearer token${asks.length > 0 ? ` with ${asks.join(" and ")}` : ""}`;
}

/** "600/min per IP", or that there is no limit. */
export function limitInWords(limit: RateLimit | null): string {
  if (!limit) return "no limit";
  return `${limit.requestsPerMinute.toLocaleString("en")}/min per ${limit.per === "ip" ? "IP" : "key"}`;
}

/** What of a CORS policy differs from another one, each side in words. */
export function corsInWords(cors: Cors, than: Cors): string {
  const words: Record<keyof Cors, string> = {
    allowOrigins: `origins ${cors.allowOrigins.join(", ") || "none"}`,
    allowMethods: `methods ${cors.allowMethods.join(", ") || "none"}`,
    allowHeaders: `headers ${cors.allowHeaders.join(", ") || "none"}`,
    exposeHeaders: `exposes ${cors.exposeHeaders.join(", ") || "nothing"}`,
    allowCredentials: cors.allowCredentials ? "with credentials" : "without credentials",
    maxAgeSeconds: `kept ${cors.maxAgeSeconds} s`,
  };
  const differing = (Object.keys(words) as (keyof Cors)[]).filter(
    (name) => canonicalJson(cors[name]) !== canonicalJson(than[name]),
  );
  return differing.map((name) => words[name]).join("; ");
}

/** Whether somebody who was refused before gets in now. */
export function letsMoreIn(before: Auth, after: Auth): boolean {
  if (after.mode === "none") return before.mode !== "none";
  if (before.mode === "api-key" && after.mode === "api-key") {
    if (before.allowedApiKeyIds === null) return false;
    if (after.allowedApiKeyIds === null) return true;
    const had = new Set(before.allowedApiKeyIds);
    return after.allowedApiKeyIds.some((id) => !had.has(id));
  }
  if (before.mode === "bearer" && after.mode === "bearer") {
    const claims = Object.entries(before.requiredClaims);
    return (
      before.requiredScopes.some((scope) => !after.requiredScopes.includes(scope)) ||
      claims.some(([name, value]) => after.requiredClaims[name] !== value)
    );
  }
  return false;
}

/** `1 route`, `1,204 routes`. */
export const count = (amount: number, one: string): string =>
  `${amount.toLocaleString("en")} ${one}${amount === 1 ? "" : "s"}`;
