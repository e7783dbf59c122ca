import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { pathParameters } from "#lib/contract/compiled-route.ts";
import { awsV2Event, type EventSource, simpleEvent } from "#lib/contract/event.ts";
import { SECRET_HEADERS } from "#lib/contract/header-names.ts";
import { changeHeaders, type HeaderPairs, rewrittenPath, transformOf } from "#lib/contract/transform.ts";
import type { Address, AllowedExchange } from "../exchange.ts";

/** What the target gets of the caller's headers, in lower case: what may pass, after the route's transformation. */
function headerPairs(exchange: AllowedExchange, withoutSecrets: boolean): HeaderPairs {
  const raw = exchange.req.rawHeaders;
  const pairs: [string, string][] = [];
  const hidesKey = exchange.route.route.auth.mode === "api-key";
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    if (hidesKey && name === "x-api-key") continue;
    pairs.push([name, raw[i + 1] as string]);
  }
  const changed = changeHeaders(transformOf(exchange.route).request, pairs);
  return withoutSecrets ? changed.filter(([name]) => !SECRET_HEADERS.has(name)) : changed;
}

/** HEAD is answered by a GET route as if GET had been sent; only the body stays away. */
export function effectiveMethod(request: IncomingMessage, routeMethod: string): string {
  return request.method === "HEAD" && routeMethod === "GET" ? "GET" : (request.method as string);
}

/** The event a handler gets. A body that is not UTF-8 goes as base64; one without bytes is null. */
export function buildEvent(
  exchange: AllowedExchange,
  address: Address,
  segments: readonly string[],
  body: Buffer,
  options: { format: "simple" | "aws-v2"; withoutSecrets: boolean },
): object {
  const { req, route, tenant } = exchange;
  const text = isUtf8(body);
  const source: EventSource = {
    method: effectiveMethod(req, route.method),
    path: rewrittenPath(route, segments) ?? address.path,
    resource: route.route.path,
    headers: headerPairs(exchange, options.withoutSecrets),
    query: address.query,
    pathParameters: pathParameters(route, segments),
    body: body.length === 0 ? null : body.toString(text ? "utf8" : "base64"),
    isBase64Encoded: body.length > 0 && !text,
    requestId: exchange.requestId,
    tenant: tenant.slug,
    sourceIp: exchange.sourceIp,
    userAgent: req.headers["user-agent"] ?? null,
    apiKeyId: exchange.key?.id ?? null,
    claims: exchange.caller?.claims ?? null,
    time: exchange.receivedAt,
  };
  return options.format === "aws-v2" ? awsV2Event(source) : simpleEvent(source);
}
