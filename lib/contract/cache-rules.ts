import type { CompiledRoute } from "./compiled-route.ts";
import { FORWARDED, HOP_BY_HOP } from "./header-names.ts";
import { type HeaderPairs, transformOf } from "./transform.ts";

/** What the rules look at in a request. `header` takes a name in lower case. */
export type CacheRequest = {
  method: string;
  header: (name: string) => string | undefined;
  hasBody: boolean;
  /** Whose answers are alike; null when the route asks for no credential. */
  credentialId: string | null;
};

/** Statuses that are kept. Each is cacheable by default (RFC 9110, section 15.1) and says what a resource is like. */
const KEPT = new Set([200, 204, 301, 404, 410]);
/** Requests that ask for a part, or only under a condition that the target must judge. */
const PARTIAL = ["range", "if-range", "if-match", "if-unmodified-since"];
/** Credentials that make an answer somebody's own, unless the route's auth has looked at them. */
const PERSONAL = ["authorization", "proxy-authorization", "x-api-key", "cookie"];
const CHECKED_BY: Record<string, string> = { authorization: "bearer", "x-api-key": "api-key" };
/** Names that a Vary may hold; with more, hardly two requests are alike. */
export const MAX_VARY_NAMES = 10;
const LONGEST_SECONDS = 2 ** 31;

/** The directives of a Cache-Control header, by lower-case name; one that is sent twice counts as the smaller. */
export function cacheDirectives(text: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name, quoted, plain] of (text ?? "").matchAll(
    /([^\s,="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g,
  )) {
    const key = (name as string).toLowerCase();
    const value = quoted ?? plain ?? "";
    const before = found.get(key);
    if (before === undefined || seconds(value) < seconds(before)) found.set(key, value);
  }
  return found;
}

/** A number of seconds; what is none is 0, because stale is the safe side. */
function seconds(text: string): number {
  return /^\d+$/.test(text) ? Math.min(Number(text), LONGEST_SECONDS) : 0;
}

/** Why a request is neither answered from the cache nor its answer kept; null when the cache may serve it. */
export function cacheBypass(route: CompiledRoute, request: CacheRequest): string | null {
  const { method, header } = request;
  if (method !== "GET" && method !== "HEAD") return `only GET and HEAD are cached, not ${method}`;
  if (request.hasBody) return "the request has a body";
  if (cacheDirectives(header("cache-control")).has("no-store")) return "the caller says no-store";
  const partial = PARTIAL.find((name) => header(name) !== undefined);
  if (partial) return `the request has ${partial}`;
  const { mode } = route.route.auth;
  const hidden = transformOf(route).request?.removed;
  for (const name of PERSONAL) {
    if (header(name) === undefined || CHECKED_BY[name] === mode || hidden?.has(name)) continue;
    return `the target gets the caller's ${name}, and may answer for that caller alone`;
  }
  if (mode !== "none" && request.credentialId === null) return "it is not known whose answer it would be";
  return null;
}

/** The oldest answer that the caller takes, in seconds; null for any that is fresh, 0 for none that was kept. */
export function oldestTaken(header: CacheRequest["header"]): number | null {
  const control = header("cache-control");
  if (control === undefined) return header("pragma")?.toLowerCase().includes("no-cache") ? 0 : null;
  const directives = cacheDirectives(control);
  if (directives.has("no-cache")) return 0;
  const age = directives.get("max-age");
  return age === undefined ? null : seconds(age);
}

/** How long an answer may be kept, how old it is already, and which of the request's headers it depends on. */
export type Keeping = { seconds: number; age: number; vary: readonly string[] };

function varyOf(route: CompiledRoute, headers: ReadonlyMap<string, string>): string[] | null {
  const names = new Set(
    (headers.get("vary") ?? "")
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ""),
  );
  // Who cannot read the coding must not get the bytes, whether the target says so or not.
  if (headers.has("content-encoding")) names.add("accept-encoding");
  names.delete("host"); // always part of what an answer is kept under
  for (const name of names) {
    // What the gateway itself wrote there is not in the caller's headers, so nobody could compare it.
    if (name === "*" || name === "x-request-id" || FORWARDED.has(name) || HOP_BY_HOP.has(name)) return null;
    if (transformOf(route).request?.removed.has(name)) names.delete(name);
  }
  return names.size > MAX_VARY_NAMES ? null : [...names].sort();
}

/**
 * Whether an answer may be kept, judged by what the target itself said: its headers before any transformation.
 * Anything that is doubtful is not kept. `now` is in Unix milliseconds.
 */
export function keepingOf(
  route: CompiledRoute,
  status: number,
  pairs: HeaderPairs,
  now: number,
): Keeping | null {
  const { cache } = route.route;
  if (!cache || !KEPT.has(status)) return null;
  const headers = new Map<string, string>();
  for (const [name, value] of pairs) {
    const lower = name.toLowerCase();
    const before = headers.get(lower);
    headers.set(lower, before === undefined ? value : `${before}, ${value}`);
  }
  if (headers.has("set-cookie") || headers.has("content-range")) return null;
  const control = cacheDirectives(headers.get("cache-control"));
  if (control.has("no-store") || control.has("private") || control.has("no-cache")) return null;
  const vary = varyOf(route, headers);
  if (!vary) return null;
  const age = seconds(headers.get("age") ?? "");
  const lives = control.get("s-maxage") ?? control.get("max-age");
  const expires = headers.get("expires");
  let allowed = cache.ttlSeconds;
  if (lives !== undefined) allowed = Math.min(allowed, seconds(lives) - age);
  else if (expires !== undefined) {
    const from = Date.parse(headers.get("date") ?? "") || now;
    // A date that cannot be read has passed.
    allowed = Math.min(allowed, (Date.parse(expires) - from) / 1_000 - age || 0);
  }
  return allowed > 0 ? { seconds: allowed, age, vary } : null;
}

const opaque = (tag: string) => tag.trim().replace(/^W\//, "");

/** Whether the caller has this very answer already (RFC 9110, section 13.1), so that 304 says enough. */
export function isUnchanged(header: CacheRequest["header"], kept: HeaderPairs): boolean {
  const of = (name: string) => kept.find(([each]) => each.toLowerCase() === name)?.[1];
  const known = header("if-none-match");
  if (known !== undefined) {
    const tag = of("etag");
    if (known.trim() === "*") return true;
    // A tag holds no quote, so that quotes tell where each begins and ends.
    return (
      tag !== undefined &&
      (known.match(/(?:W\/)?"[^"]*"/g) ?? []).some((each) => opaque(each) === opaque(tag))
    );
  }
  const since = Date.parse(header("if-modified-since") ?? "");
  const modified = Date.parse(of("last-modified") ?? "");
  return modified <= since; // false when either is no date
}

/** Of a kept answer, what a 304 repeats (RFC 9110, section 15.4.5). */
export const IN_NOT_MODIFIED: ReadonlySet<string> = new Set([
  "cache-control",
  "content-location",
  "date",
  "etag",
  "expires",
  "vary",
]);
