import type { Method } from "#lib/contract/methods.ts";
import type { Auth } from "#lib/contract/route.ts";

/** A path that the pattern matches: parameters filled in, a rest replaced by something short. */
export function samplePath(pattern: string): string {
  if (!pattern.startsWith("/")) return `/${pattern}`;
  const segments = pattern.slice(1).split("/");
  return `/${segments
    .map((segment) => {
      if (/^(\*{1,2}|\+)$/.test(segment)) return "anything";
      if (segment.startsWith(":") || /^\{.*\}$/.test(segment)) return "123";
      return segment.replace(/\*{1,2}$/, "");
    })
    .join("/")}`;
}

/** Where callers reach a route. `gateway` is an origin, `path` a path or a pattern. */
export const publicUrl = (gateway: string, tenant: string, path: string): string =>
  `${gateway}/gw/${tenant}${path.startsWith("/") ? path : `/${path}`}`;

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

type Called = {
  method: Method;
  path: string;
  authMode: Auth["mode"];
  /** The version to ask for, where the route has one. */
  apiVersion?: string;
  /** A query that the route accepts, without the question mark. */
  query?: string;
  /** A body that the route accepts; an empty object for methods that carry one. */
  body?: unknown;
};

/** A curl line that calls a route as pasted, once `API_KEY` (or `TOKEN`) is set; it never holds a secret. */
export function curlFor(gateway: string, tenant: string, called: Called): string {
  const { method, path, authMode, apiVersion, query, body = {} } = called;
  const parts = ["curl -i"];
  const carriesBody = ["POST", "PUT", "PATCH"].includes(method) || called.body !== undefined;
  const sent = method === "ANY" ? (called.body === undefined ? "GET" : "POST") : method;
  if (sent === "HEAD") parts.push("--head");
  else if (sent !== "GET" || carriesBody) parts.push(`-X ${sent}`);
  const address = publicUrl(gateway, tenant, samplePath(path));
  parts.push(quoted(query ? `${address}?${query}` : address));
  if (authMode === "api-key") parts.push('-H "X-Api-Key: $API_KEY"');
  if (authMode === "bearer") parts.push('-H "Authorization: Bearer $TOKEN"');
  if (apiVersion) parts.push(`-H ${quoted(`X-Api-Version: ${apiVersion}`)}`);
  if (carriesBody && sent !== "HEAD") parts.push(`--json ${quoted(JSON.stringify(body))}`);
  return parts.join(" \\\n  ");
}

/** A query string of a sample object's plain members; arrays repeat their name. */
export function queryOf(sample: unknown): string {
  if (typeof sample !== "object" || sample === null || Array.isArray(sample)) return "";
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(sample)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && typeof one !== "object") search.append(name, String(one));
    }
  }
  return search.toString();
}
