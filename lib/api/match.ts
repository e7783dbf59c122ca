import { isUuid } from "#lib/contract/uuid.ts";
import type { Endpoint } from "./endpoint.ts";

export type EndpointMatch =
  | { kind: "match"; endpoint: Endpoint; params: Record<string, string> }
  | { kind: "method_not_allowed"; allow: string[] }
  | { kind: "none" };

function paramsOf(pattern: string, segments: readonly string[]): Record<string, string> | null {
  const wanted = pattern.slice(1).split("/");
  if (wanted.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = segments[index] as string;
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== segment) return null;
    } else {
      if (segment === "" || (/id$/i.test(name) && !isUuid(segment))) return null;
      params[name] = segment;
    }
  }
  return params;
}

/** Finds the endpoint for a method and the decoded path segments below `/api/v1`. Literal segments win. */
export function matchEndpoint(
  endpoints: readonly Endpoint[],
  method: string,
  segments: readonly string[],
): EndpointMatch {
  const matches = endpoints
    .map((endpoint) => ({ endpoint, params: paramsOf(endpoint.path, segments) }))
    .filter((match): match is { endpoint: Endpoint; params: Record<string, string> } => match.params !== null)
    .sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length);
  const best = matches.find((match) => match.endpoint.method === method);
  if (best) return { kind: "match", ...best };
  if (matches.length === 0) return { kind: "none" };
  return { kind: "method_not_allowed", allow: [...new Set(matches.map((match) => match.endpoint.method))] };
}
