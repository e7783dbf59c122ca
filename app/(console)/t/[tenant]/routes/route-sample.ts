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

type Called = { method: Method; path: string; authMode: Auth["mode"] };

/** A curl line that calls a route as pasted, once `API_KEY` (or `TOKEN`) is set; it never holds a secret. */
export function curlFor(gateway: string, tenant: string, { method, path, authMode }: Called): string {
  const parts = ["curl -i"];
  const sent = method === "ANY" ? "GET" : method;
  if (sent === "HEAD") parts.push("--head");
  else if (sent !== "GET") parts.push(`-X ${sent}`);
  parts.push(quoted(publicUrl(gateway, tenant, samplePath(path))));
  if (authMode === "api-key") parts.push('-H "X-Api-Key: $API_KEY"');
  if (authMode === "bearer") parts.push('-H "Authorization: Bearer $TOKEN"');
  if (["POST", "PUT", "PATCH"].includes(sent)) parts.push("--json '{}'");
  return parts.join(" \\\n  ");
}
