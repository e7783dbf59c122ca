import type { Method } from "#lib/contract/methods.ts";
import type { Auth, RouteFields, Target } from "#lib/contract/route.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";

/** What the fields of the form hold; numbers as they are typed. */
export type RouteFormValues = {
  method: Method;
  path: string;
  name: string;
  enabled: boolean;
  targetType: Target["type"];
  functionName: string;
  url: string;
  maxAttempts: string;
  timeoutMs: string;
  authMode: Auth["mode"];
  onlySomeKeys: boolean;
  keyIds: string[];
  corsEnabled: boolean;
  limited: boolean;
  requestsPerMinute: string;
  per: "ip" | "key";
};

/** The paths of the document that have a field of their own. */
export const PLACED_FIELDS = [
  "method",
  "path",
  "name",
  "target.function",
  "target.url",
  "target.maxAttempts",
  "target.timeoutMs",
  "auth.allowedApiKeyIds",
  "rateLimit.requestsPerMinute",
] as const;

export const NEW_ROUTE: RouteFormValues = {
  method: "GET",
  path: "",
  name: "",
  enabled: true,
  targetType: "function",
  functionName: "",
  url: "",
  maxAttempts: "5",
  timeoutMs: "5000",
  authMode: "api-key",
  onlySomeKeys: false,
  keyIds: [],
  corsEnabled: true,
  limited: true,
  requestsPerMinute: "600",
  per: "ip",
};

/** The document of a route without what only the server writes. */
export function documentOf(route: DraftRoute): RouteFields {
  const { id: _id, version: _version, createdAt: _created, updatedAt: _updated, ...fields } = route;
  return fields;
}

/** A document as the fields show it. */
export function toFormValues(document: RouteFields): RouteFormValues {
  const { target, auth, rateLimit } = document;
  return {
    ...NEW_ROUTE,
    method: document.method,
    path: document.path,
    name: document.name,
    enabled: document.enabled,
    targetType: target.type,
    functionName: "function" in target ? target.function : "",
    url: target.type === "http" ? target.url : "",
    maxAttempts: "maxAttempts" in target ? String(target.maxAttempts) : NEW_ROUTE.maxAttempts,
    timeoutMs: "timeoutMs" in target ? String(target.timeoutMs) : NEW_ROUTE.timeoutMs,
    authMode: auth.mode,
    onlySomeKeys: auth.mode === "api-key" && auth.allowedApiKeyIds !== null,
    keyIds: auth.mode === "api-key" ? [...(auth.allowedApiKeyIds ?? [])] : [],
    corsEnabled: document.corsEnabled,
    limited: rateLimit !== null,
    requestsPerMinute: rateLimit ? String(rateLimit.requestsPerMinute) : NEW_ROUTE.requestsPerMinute,
    per: rateLimit?.per ?? NEW_ROUTE.per,
  };
}

/** Left empty: the default of the schema. Anything else that is no number: NaN, which the schema refuses. */
const number = (text: string) => (text.trim() === "" ? undefined : Number(text));

function targetOf(values: RouteFormValues, before: Target | undefined): unknown {
  const kept = before?.type === values.targetType ? before : {};
  const timeoutMs = number(values.timeoutMs);
  switch (values.targetType) {
    case "function":
      return { ...kept, type: "function", function: values.functionName, timeoutMs };
    case "http":
      return { ...kept, type: "http", url: values.url.trim(), timeoutMs };
    case "job":
      return {
        ...kept,
        type: "job",
        function: values.functionName,
        maxAttempts: number(values.maxAttempts),
        timeoutMs,
      };
    case "job-status":
      return { type: "job-status" };
    default:
      return before?.type === values.targetType ? { ...before, timeoutMs } : { type: values.targetType };
  }
}

function authOf(values: RouteFormValues, before: Auth | undefined): unknown {
  if (values.authMode === "none") return { mode: "none" };
  if (values.authMode === "api-key") {
    return { mode: "api-key", allowedApiKeyIds: values.onlySomeKeys ? values.keyIds : null };
  }
  return before?.mode === values.authMode ? before : { mode: values.authMode };
}

/** The whole document to be sent: what the form shows, over everything else that `before` holds. */
export function toDocument(values: RouteFormValues, before: RouteFields | null): unknown {
  return {
    ...before,
    method: values.method,
    path: values.path.trim(),
    name: values.name,
    enabled: values.enabled,
    target: targetOf(values, before?.target),
    auth: authOf(values, before?.auth),
    corsEnabled: values.corsEnabled,
    rateLimit: values.limited
      ? { requestsPerMinute: number(values.requestsPerMinute), per: values.per }
      : null,
  };
}
