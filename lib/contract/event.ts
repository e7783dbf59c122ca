import { type Claims, scopesOf } from "./bearer.ts";

/** What the gateway knows of a request when it calls a handler. */
export type EventSource = {
  method: string;
  /** As sent, without the query. */
  path: string;
  /** The route's pattern. */
  resource: string;
  /** Lower-case names; values in the order sent. */
  headers: readonly (readonly [name: string, value: string])[];
  /** Raw, without `?`. */
  query: string;
  pathParameters: Record<string, string> | null;
  body: string | null;
  isBase64Encoded: boolean;
  requestId: string;
  tenant: string;
  sourceIp: string;
  userAgent: string | null;
  apiKeyId: string | null;
  /** Of the bearer token that the request came with. */
  claims: Claims | null;
  /** Unix milliseconds. */
  time: number;
};

/** Every value of every name. Entries and not assignments, so that a name such as `__proto__` stays a name. */
function grouped(pairs: Iterable<readonly [string, string]>): Record<string, string[]> | null {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const group = groups.get(name);
    if (group) group.push(value);
    else groups.set(name, [value]);
  }
  return groups.size > 0 ? Object.fromEntries(groups) : null;
}

function each(
  groups: Record<string, string[]> | null,
  pick: (values: string[], name: string) => string,
): Record<string, string> | null {
  if (!groups) return null;
  return Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, pick(values, name)]));
}

const joinHeader = (values: string[], name: string) => values.join(name === "cookie" ? "; " : ", ");

function simpleAuthorizer({ apiKeyId, claims }: EventSource): { apiKeyId?: string; claims?: Claims } | null {
  if (claims) return { claims };
  return apiKeyId === null ? null : { apiKeyId };
}

function v2Authorizer({ apiKeyId, claims }: EventSource) {
  if (claims) return { authorizer: { jwt: { claims, scopes: [...scopesOf(claims)] } } };
  return apiKeyId === null ? {} : { authorizer: { lambda: { apiKeyId } } };
}

/** The event of `eventFormat: simple`, which is also the REST (v1.0) proxy event of AWS. */
export function simpleEvent(source: EventSource) {
  const headers = grouped(source.headers);
  const query = grouped(new URLSearchParams(source.query));
  return {
    resource: source.resource,
    path: source.path,
    httpMethod: source.method,
    headers: each(headers, joinHeader) ?? {},
    multiValueHeaders: headers ?? {},
    queryStringParameters: each(query, (values) => values.at(-1) as string),
    multiValueQueryStringParameters: query,
    pathParameters: source.pathParameters,
    body: source.body,
    isBase64Encoded: source.isBase64Encoded,
    requestContext: {
      requestId: source.requestId,
      tenant: source.tenant,
      httpMethod: source.method,
      path: source.path,
      resourcePath: source.resource,
      requestTimeEpoch: source.time,
      identity: { sourceIp: source.sourceIp, userAgent: source.userAgent },
      authorizer: simpleAuthorizer(source),
    },
  };
}

/** The event of `eventFormat: aws-v2`, the HTTP API (v2.0) event of AWS. */
export function awsV2Event(source: EventSource) {
  const { cookie, ...headers } = each(grouped(source.headers), joinHeader) ?? {};
  const query = grouped(new URLSearchParams(source.query));
  const routeKey = `${source.method} ${source.resource}`;
  return {
    version: "2.0",
    routeKey,
    rawPath: source.path,
    rawQueryString: source.query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers,
    ...(query ? { queryStringParameters: each(query, (values) => values.join(",")) } : {}),
    ...(source.pathParameters ? { pathParameters: source.pathParameters } : {}),
    ...(source.body === null ? {} : { body: source.body }),
    isBase64Encoded: source.isBase64Encoded,
    requestContext: {
      requestId: source.requestId,
      tenant: source.tenant,
      routeKey,
      stage: "$default",
      time: new Date(source.time).toISOString(),
      timeEpoch: source.time,
      http: {
        method: source.method,
        path: source.path,
        protocol: "HTTP/1.1",
        sourceIp: source.sourceIp,
        userAgent: source.userAgent ?? "",
      },
      ...v2Authorizer(source),
    },
  };
}
