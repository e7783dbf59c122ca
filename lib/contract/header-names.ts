/** Headers that concern one connection only (RFC 9110, section 7.6.1) and never pass through the gateway. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What the gateway says about the caller; a caller's own claims are not passed on. */
export const FORWARDED: ReadonlySet<string> = new Set([
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "forwarded",
]);

/** Of an answer, what the gateway itself says. */
export const GATEWAY_OWN: ReadonlySet<string> = new Set([
  "x-request-id",
  "content-length",
  "ratelimit",
  "ratelimit-policy",
]);

/** Of an answer on a route that caches, what the gateway says about where it came from. */
export const CACHE_OWN: ReadonlySet<string> = new Set(["age", "x-cache"]);

/** Headers that hold a credential. None of them may lie in the ledger, where support staff can read a job's input. */
export const SECRET_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "x-api-key",
]);

/** Headers that say how the bytes of a body are framed or coded, which no transformation changes. */
export const FRAMING: ReadonlySet<string> = new Set(["content-length", "content-encoding", "expect", "host"]);
