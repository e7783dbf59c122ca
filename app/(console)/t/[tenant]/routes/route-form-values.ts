import type { Method } from "#lib/contract/methods.ts";
import type { Auth, Cors, RouteFields, Target } from "#lib/contract/route.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";
import { UNITS, type Unit } from "./size-units.ts";

/** A header that is set, as it is typed. */
export type HeaderRow = { name: string; value: string };
/** A claim that a token must carry, as it is typed. */
export type ClaimRow = { name: string; type: "string" | "number" | "boolean"; value: string };
export type CorsMethod = Cors["allowMethods"][number];
export type EventFormat = "simple" | "aws-v2";

/** What the fields of the form hold: everything of a route document, with numbers and JSON as they are typed. */
export type RouteFormValues = {
  method: Method;
  path: string;
  enabled: boolean;
  name: string;
  description: string;
  tags: string[];
  apiVersion: string;
  targetType: Target["type"];
  functionName: string;
  functions: string[];
  url: string;
  lambdaName: string;
  region: string;
  endpoint: string;
  eventFormat: EventFormat;
  maxAttempts: string;
  timeoutMs: string;
  authMode: Auth["mode"];
  onlySomeKeys: boolean;
  keyIds: string[];
  scopes: string[];
  claims: ClaimRow[];
  corsEnabled: boolean;
  origins: string[];
  corsMethods: CorsMethod[];
  allowHeaders: string[];
  exposeHeaders: string[];
  credentials: boolean;
  maxAge: string;
  limited: boolean;
  requestsPerMinute: string;
  per: "ip" | "key";
  maxBody: string;
  maxBodyUnit: Unit;
  validated: boolean;
  bodySchema: string;
  querySchema: string;
  cached: boolean;
  ttlSeconds: string;
  transformed: boolean;
  requestSet: HeaderRow[];
  requestRemove: string[];
  requestPath: string;
  responseSet: HeaderRow[];
  responseRemove: string[];
};

/** A new route: the contract's defaults, so that a path and a target are enough. */
export const NEW_ROUTE: RouteFormValues = {
  method: "GET",
  path: "",
  enabled: true,
  name: "",
  description: "",
  tags: [],
  apiVersion: "",
  targetType: "function",
  functionName: "",
  functions: [],
  url: "",
  lambdaName: "",
  region: "",
  endpoint: "",
  eventFormat: "simple",
  maxAttempts: "5",
  timeoutMs: "5000",
  authMode: "api-key",
  onlySomeKeys: false,
  keyIds: [],
  scopes: [],
  claims: [],
  corsEnabled: true,
  origins: ["*"],
  corsMethods: ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  allowHeaders: ["Content-Type", "Authorization", "X-Api-Key"],
  exposeHeaders: [],
  credentials: false,
  maxAge: "600",
  limited: true,
  requestsPerMinute: "600",
  per: "ip",
  maxBody: "2",
  maxBodyUnit: "MiB",
  validated: false,
  bodySchema: "",
  querySchema: "",
  cached: false,
  ttlSeconds: "300",
  transformed: false,
  requestSet: [],
  requestRemove: [],
  requestPath: "",
  responseSet: [],
  responseRemove: [],
};

/** The document of a route without what only the server writes. */
export function documentOf(route: DraftRoute): RouteFields {
  const { id: _id, version: _version, createdAt: _created, updatedAt: _updated, ...fields } = route;
  return fields;
}

function targetValues(target: Target): Partial<RouteFormValues> {
  return {
    targetType: target.type,
    ...("function" in target ? { functionName: target.function } : {}),
    ...("functions" in target ? { functions: [...target.functions] } : {}),
    ...("url" in target ? { url: target.url } : {}),
    ...("functionName" in target
      ? { lambdaName: target.functionName, region: target.region ?? "", endpoint: target.endpoint ?? "" }
      : {}),
    ...("eventFormat" in target ? { eventFormat: target.eventFormat } : {}),
    ...("maxAttempts" in target ? { maxAttempts: String(target.maxAttempts) } : {}),
    ...("timeoutMs" in target ? { timeoutMs: String(target.timeoutMs) } : {}),
  };
}

function authValues(auth: Auth): Partial<RouteFormValues> {
  if (auth.mode === "none") return { authMode: "none" };
  if (auth.mode === "api-key") {
    const { allowedApiKeyIds: ids } = auth;
    return { authMode: "api-key", onlySomeKeys: ids !== null, keyIds: [...(ids ?? [])] };
  }
  const claims = Object.entries(auth.requiredClaims).map(([name, value]) => ({
    name,
    type: typeof value as ClaimRow["type"],
    value: String(value),
  }));
  return { authMode: "bearer", scopes: [...auth.requiredScopes], claims };
}

const headerRows = (headers: Record<string, string>): HeaderRow[] =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

const jsonText = (schema: unknown): string => (schema === null ? "" : JSON.stringify(schema, null, 2));

/** The size in the largest unit that says it exactly. */
function sizeValues(bytes: number): Pick<RouteFormValues, "maxBody" | "maxBodyUnit"> {
  const unit: Unit = bytes === 0 || bytes % UNITS.KiB ? "B" : bytes % UNITS.MiB ? "KiB" : "MiB";
  return { maxBody: String(bytes / UNITS[unit]), maxBodyUnit: unit };
}

/** A document as the fields show it. Nothing of it is left out: `toDocument` gives the same document back. */
export function toFormValues(document: RouteFields): RouteFormValues {
  const { cors, rateLimit, validation, cache, transform } = document;
  return {
    ...NEW_ROUTE,
    method: document.method,
    path: document.path,
    enabled: document.enabled,
    name: document.name,
    description: document.description,
    tags: [...document.tags],
    apiVersion: document.apiVersion ?? "",
    ...targetValues(document.target),
    ...authValues(document.auth),
    corsEnabled: document.corsEnabled,
    origins: [...cors.allowOrigins],
    corsMethods: [...cors.allowMethods],
    allowHeaders: [...cors.allowHeaders],
    exposeHeaders: [...cors.exposeHeaders],
    credentials: cors.allowCredentials,
    maxAge: String(cors.maxAgeSeconds),
    limited: rateLimit !== null,
    ...(rateLimit ? { requestsPerMinute: String(rateLimit.requestsPerMinute), per: rateLimit.per } : {}),
    ...sizeValues(document.maxBodyBytes),
    validated: validation !== null,
    bodySchema: jsonText(validation?.body ?? null),
    querySchema: jsonText(validation?.query ?? null),
    cached: cache !== null,
    ...(cache ? { ttlSeconds: String(cache.ttlSeconds) } : {}),
    transformed: transform !== null,
    requestSet: headerRows(transform?.request.setHeaders ?? {}),
    requestRemove: [...(transform?.request.removeHeaders ?? [])],
    requestPath: transform?.request.path ?? "",
    responseSet: headerRows(transform?.response.setHeaders ?? {}),
    responseRemove: [...(transform?.response.removeHeaders ?? [])],
  };
}
