import { compileCors, preflightHeaders } from "#lib/contract/cors.ts";
import { GATEWAY_ERROR_STATUS, type GatewayErrorCode } from "#lib/contract/errors.ts";
import type { Cors } from "#lib/contract/route.ts";
import type { RouteFormValues } from "./route-form-values.ts";
import { sizeText, UNITS } from "./size-units.ts";

export type PossibleError = { status: number; code: GatewayErrorCode; cause: string };

/** Every error of the gateway's own that callers of the route can meet as it is set now, by status. */
export function possibleErrors(values: RouteFormValues): PossibleError[] {
  const { authMode, targetType } = values;
  const found: PossibleError[] = [];
  const add = (code: GatewayErrorCode, cause: string, when = true) => {
    if (when) found.push({ status: GATEWAY_ERROR_STATUS[code], code, cause });
  };
  const keyed = authMode === "api-key";
  const bearer = authMode === "bearer";
  const runs = targetType === "function" || targetType === "lambda" || targetType === "http";
  const enqueues = targetType === "job" || targetType === "pipeline";
  const asked = [values.scopes.length ? "scope" : "", values.claims.length ? "claim" : ""].filter(Boolean);

  add("bad_request", "The path or a header is malformed.");
  add("version_required", "X-Api-Version is missing.", values.apiVersion !== "");
  add("unsupported_version", "X-Api-Version names a version that no route has.", values.apiVersion !== "");
  add("missing_credentials", "No X-Api-Key header.", keyed);
  add("invalid_api_key", "The key is unknown or mistyped.", keyed);
  add("expired_api_key", "The key's time is over.", keyed);
  add("revoked_api_key", "The key was revoked.", keyed);
  add("missing_credentials", "No Authorization: Bearer header.", bearer);
  add("invalid_token", "The token is malformed, or not signed by the tenant's issuer for it.", bearer);
  add("expired_token", "The token's time is over.", bearer);
  add("key_not_allowed", "A good key that is not on this route's list.", keyed && values.onlySomeKeys);
  add("request_not_authorized", "The key's own rights leave this request out.", keyed);
  add("insufficient_scope", `The token lacks a required ${asked.join(" or ")}.`, bearer && asked.length > 0);
  add("route_not_found", "The route is off.", !values.enabled);
  add(
    "method_not_allowed",
    `Another method than ${values.method}, unless another route of this path takes it.`,
    values.method !== "ANY",
  );
  const most = Number(values.maxBody || 2) * UNITS[values.maxBodyUnit];
  add("body_too_large", `The body is larger than ${Number.isFinite(most) ? sizeText(most) : "allowed"}.`);
  const checksBody = values.validated && values.bodySchema.trim() !== "";
  add("unsupported_media_type", "The body is not sent as JSON.", checksBody);
  add("invalid_body", "The body does not fit the schema; details say where.", checksBody);
  add(
    "invalid_query",
    "The query does not fit the schema; details say where.",
    values.validated && values.querySchema.trim() !== "",
  );
  const who = values.per === "ip" ? "IP address" : "key";
  const rate = Number(values.requestsPerMinute) || 0;
  add(
    "rate_limited",
    `More than ${rate.toLocaleString("en")} requests a minute from one ${who}; Retry-After says when to come back.`,
    values.limited,
  );
  add(
    "target_error",
    "The function throws, is not registered, or answers nonsense.",
    targetType === "function",
  );
  add("target_error", "The Lambda function fails or answers nonsense.", targetType === "lambda");
  add("target_error", "The service cannot be reached or breaks off.", targetType === "http");
  add("unavailable", "The key is new to the gateway and the database is away.", keyed);
  add("unavailable", "The issuer's keys cannot be fetched at the moment.", bearer);
  add("unavailable", "The job cannot be written down at the moment.", enqueues);
  add("unavailable", "The job's status cannot be read at the moment.", targetType === "job-status");
  const after = Number(values.timeoutMs || 5_000);
  add("target_timeout", `No answer within ${after.toLocaleString("en")} ms.`, runs && Number.isFinite(after));
  return found;
}

/** What comes back when nothing is wrong. */
export function goodAnswer(values: RouteFormValues): string {
  switch (values.targetType) {
    case "function":
    case "lambda":
      return "What the function returns.";
    case "http":
      return "What the service answers.";
    case "job":
    case "pipeline":
      return "202 with the job's ID; the work goes on in the background.";
    case "job-status":
      return "200 with the state of the job named in the path; 404 for an unknown one.";
  }
}

export type Preflight = {
  /** The answer as it goes over the wire; null when the gateway does not answer preflights for the route. */
  answer: string | null;
  /** Whether a browser on that origin may go on, and if not, why. */
  verdict: { allowed: boolean; why: string };
};

const SAFE_METHODS = ["GET", "HEAD", "POST", "ANY"];

/** What a browser on `origin` is told before it calls, worked out as the gateway does. */
export function preflightOf(values: RouteFormValues, origin: string): Preflight {
  if (!values.corsEnabled) {
    return {
      answer: null,
      verdict: { allowed: false, why: "CORS is off: browsers on other sites cannot call this route." },
    };
  }
  const cors: Cors = {
    allowOrigins: values.origins,
    allowMethods: values.corsMethods,
    allowHeaders: values.allowHeaders,
    exposeHeaders: values.exposeHeaders,
    allowCredentials: values.credentials,
    maxAgeSeconds: Number(values.maxAge || 600) || 0,
  };
  const headers = preflightHeaders(compileCors(cors), origin);
  const answer = ["HTTP/1.1 204 No Content", ...headers.map(([name, value]) => `${name}: ${value}`)].join(
    "\n",
  );
  return { answer, verdict: verdictOf(values, origin) };
}

function verdictOf(values: RouteFormValues, origin: string): Preflight["verdict"] {
  const refuse = (why: string) => ({ allowed: false, why });
  if (values.credentials && values.origins.includes("*")) {
    return refuse("Every origin (*) together with credentials is refused by browsers, and at publish.");
  }
  if (!values.origins.includes("*") && !values.origins.includes(origin)) {
    return refuse(`${origin} is not among the allowed origins.`);
  }
  const { method } = values;
  if (!SAFE_METHODS.includes(method) && !values.corsMethods.some((one) => one === method)) {
    return refuse(`${method} is not among the allowed methods.`);
  }
  const needed = { none: null, "api-key": "X-Api-Key", bearer: "Authorization" }[values.authMode];
  const sends = (name: string) => values.allowHeaders.some((one) => one.toLowerCase() === name.toLowerCase());
  if (needed && !sends(needed))
    return refuse(`${needed} is not among the allowed headers, so it cannot be sent.`);
  return { allowed: true, why: `A browser on ${origin} may call it.` };
}
