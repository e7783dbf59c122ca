import { parsePattern } from "../path.ts";
import { routeErrors } from "../publish-checks.ts";
import type { Route } from "../route.ts";
import type { Finding } from "./finding.ts";
import { findingOf } from "./make.ts";

const WRITES = new Set(["ANY", "POST", "PUT", "PATCH", "DELETE"]);
const LONG_TIMEOUT_MS = 60_000;
const PLACEHOLDER = /^(?::([A-Za-z_]\w*)|(?:\{|%7B)([A-Za-z_]\w*)\+?(?:\}|%7D))$/i;

function authRules(route: Route): Finding[] {
  const finding = findingOf(route);
  const found: Finding[] = [];
  const { auth, method, rateLimit } = route;
  if (auth.mode === "none" && WRITES.has(method)) {
    const what = method === "ANY" ? "call this with every method, writes included" : `${method} here`;
    found.push(
      finding("warning", "public_write", "auth", `Anybody can ${what}: the route asks for no credentials.`),
    );
  }
  if (auth.mode === "api-key" && auth.allowedApiKeyIds?.length === 0) {
    found.push(
      finding(
        "warning",
        "no_key_allowed",
        "auth.allowedApiKeyIds",
        "The list of allowed keys is empty, so every caller is refused.",
      ),
    );
  }
  if (auth.mode === "none" && rateLimit?.per === "key") {
    found.push(
      finding(
        "warning",
        "limit_per_key_on_public_route",
        "rateLimit.per",
        "The limit counts per key, and callers of a public route have none; it counts per IP address instead.",
      ),
    );
  }
  return found;
}

function cacheRules({ cache, method, auth, ...route }: Route): Finding[] {
  if (!cache) return [];
  const finding = findingOf(route);
  const found: Finding[] = [];
  if (method === "ANY") {
    found.push(
      finding(
        "info",
        "cache_only_reads",
        "cache",
        "Only answers to GET and HEAD are cached; other methods always reach the target.",
      ),
    );
  } else if (method !== "GET" && method !== "HEAD") {
    found.push(
      finding(
        "warning",
        "cache_never_used",
        "cache",
        `Only answers to GET and HEAD are cached, so the cache of a ${method} route does nothing.`,
      ),
    );
  }
  if (auth.mode !== "none") {
    found.push(
      finding(
        "info",
        "cache_behind_auth",
        "cache",
        "This route asks for credentials: make sure that its answers may be kept for a while.",
      ),
    );
  }
  return found;
}

/** The names of the parameters that a path asks for. */
function placeholders(path: string): string[] {
  return path.split("/").flatMap((part) => {
    const match = PLACEHOLDER.exec(part);
    const name = match?.[1] ?? match?.[2];
    return name ? [name] : [];
  });
}

function parameterRules(route: Route): Finding[] {
  if (route.target.type !== "http") return [];
  const names = placeholders(URL.parse(route.target.url)?.pathname ?? "");
  const parsed = parsePattern(route.path);
  if (names.length === 0 || !parsed.ok) return [];
  const known = new Set(parsed.pattern.segments.flatMap((s) => (s.kind === "literal" ? [] : [s.name])));
  return names
    .filter((name) => !known.has(name))
    .map((name) =>
      findingOf(route)(
        "warning",
        "unknown_parameter",
        "target.url",
        `:${name} is no parameter of ${route.path}, so it is sent on as it stands.`,
      ),
    );
}

/** What one route's document tells on its own. */
export function routeFindings(route: Route): Finding[] {
  const finding = findingOf(route);
  const found = [...routeErrors(route), ...authRules(route), ...cacheRules(route), ...parameterRules(route)];
  if (route.method === "OPTIONS" && route.corsEnabled) {
    found.push(
      finding(
        "warning",
        "preflight_never_arrives",
        "method",
        "The gateway answers preflights itself, before any route; only other OPTIONS requests reach this one.",
      ),
    );
  }
  const { target } = route;
  if (
    ["http", "function", "lambda"].includes(target.type) &&
    "timeoutMs" in target &&
    target.timeoutMs > LONG_TIMEOUT_MS
  ) {
    found.push(
      finding(
        "info",
        "long_timeout",
        "target.timeoutMs",
        `Callers may wait ${Math.round(target.timeoutMs / 1_000)} s; many clients and proxies give up after 60 s. A job answers at once.`,
      ),
    );
  }
  return found;
}
