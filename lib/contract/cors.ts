import type { Cors } from "./route.ts";

/** A CORS policy with everything that does not depend on the request worked out once. */
export type CompiledCors = {
  anyOrigin: boolean;
  origins: ReadonlySet<string>;
  credentials: boolean;
  expose: string | null;
  allowMethods: string;
  allowHeaders: string;
  maxAge: string;
};
export type HeaderList = [name: string, value: string][];

/** A browser's question before the request itself: OPTIONS with an origin and the method it is about to use. */
export function isPreflight(method: string, origin: string | undefined, wanted: string | undefined): boolean {
  return method === "OPTIONS" && origin !== undefined && wanted !== undefined;
}

export function compileCors(cors: Cors): CompiledCors {
  return {
    anyOrigin: cors.allowOrigins.includes("*"),
    origins: new Set(cors.allowOrigins),
    credentials: cors.allowCredentials,
    expose: cors.exposeHeaders.length > 0 ? cors.exposeHeaders.join(", ") : null,
    allowMethods: cors.allowMethods.join(", "),
    allowHeaders: cors.allowHeaders.join(", "),
    maxAge: String(cors.maxAgeSeconds),
  };
}

/** `*` together with credentials would hand every site the visitor's session; browsers refuse it as well. */
export function corsProblem(cors: Cors): string | null {
  return cors.allowCredentials && cors.allowOrigins.includes("*")
    ? "CORS cannot allow every origin (*) and credentials at the same time: list the origins"
    : null;
}

export function allowsOrigin(cors: CompiledCors, origin: string | undefined): boolean {
  return origin !== undefined && (cors.anyOrigin || cors.origins.has(origin));
}

/**
 * The CORS headers of an answer to an ordinary request. `Vary: Origin` comes with every answer that depends on the
 * origin, refused or not, or a cache would serve one site's answer to another.
 */
export function corsHeaders(cors: CompiledCors, origin: string | undefined): HeaderList {
  const headers: HeaderList = [];
  if (cors.anyOrigin) headers.push(["Access-Control-Allow-Origin", "*"]);
  else {
    headers.push(["Vary", "Origin"]);
    if (origin === undefined || !cors.origins.has(origin)) return headers;
    headers.push(["Access-Control-Allow-Origin", origin]);
    if (cors.credentials) headers.push(["Access-Control-Allow-Credentials", "true"]);
  }
  if (cors.expose !== null) headers.push(["Access-Control-Expose-Headers", cors.expose]);
  return headers;
}

/** The headers of a 204 that answers a preflight; nothing is allowed to an origin that is not listed. */
export function preflightHeaders(cors: CompiledCors, origin: string): HeaderList {
  const headers = corsHeaders({ ...cors, expose: null }, origin);
  if (!allowsOrigin(cors, origin)) return headers;
  if (cors.allowMethods) headers.push(["Access-Control-Allow-Methods", cors.allowMethods]);
  if (cors.allowHeaders) headers.push(["Access-Control-Allow-Headers", cors.allowHeaders]);
  headers.push(["Access-Control-Max-Age", cors.maxAge]);
  return headers;
}

/** Names (lower case) that only the gateway may send on a route with CORS. */
export function isCorsHeader(name: string): boolean {
  return name.startsWith("access-control-");
}
