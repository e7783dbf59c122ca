/** A request as it goes over the wire, before anything of it is understood. */
export type WireRequest = {
  method: string;
  /** The request target below the tenant: path and query. */
  target: string;
  headers: readonly { name: string; value: string }[];
};

/** What the gateway's HTTP parser takes for a method; anything else is no request. */
export const PARSED_METHODS: ReadonlySet<string> = new Set(
  (
    "ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE " +
    "NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE " +
    "UNBIND UNLINK UNLOCK UNSUBSCRIBE"
  ).split(" "),
);

const TARGET = /^[\x21-\x7e]+$/;
/** Of these a parser keeps the first; others that come more than once are joined. */
const KEPT_ONCE = new Set([
  "authorization",
  "content-type",
  "content-length",
  "host",
  "user-agent",
  "referer",
  "from",
]);

/** A header's value as the gateway reads it; undefined when it was not sent. `name` in lower case. */
export function headerOf(headers: WireRequest["headers"], name: string): string | undefined {
  const values = headers.filter((each) => each.name.toLowerCase() === name).map(({ value }) => value.trim());
  if (values.length === 0) return undefined;
  return KEPT_ONCE.has(name) ? values[0] : values.join(", ");
}

/**
 * Why a request is refused as malformed before anybody asks whose it is; null when it is not. The same answers that
 * the gateway's parser and its look at the head give, in the same order.
 */
export function wireProblem({ method, target, headers }: WireRequest): string | null {
  if (!PARSED_METHODS.has(method) || !TARGET.test(target)) return "The request is malformed.";
  if (method === "CONNECT") return "CONNECT is not supported.";
  const upgrades = headerOf(headers, "upgrade")?.toLowerCase() === "websocket";
  if (upgrades && /(^|,)\s*upgrade\s*(,|$)/i.test(headerOf(headers, "connection") ?? "")) {
    return "WebSocket is not supported.";
  }
  const expected = headerOf(headers, "expect");
  if (expected !== undefined && expected.toLowerCase() !== "100-continue") {
    return "The Expect header asks for something unknown.";
  }
  if (headers.filter(({ name }) => name.toLowerCase() === "host").length > 1) {
    return "The Host header must be sent once.";
  }
  if (target.includes("#")) return "The request target must be a path.";
  return null;
}
