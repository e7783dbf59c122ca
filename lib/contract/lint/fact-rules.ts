import { isInternalHost } from "../internal-addresses.ts";
import type { Route } from "../route.ts";
import type { LintFacts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { findingOf } from "./make.ts";
import { weakenedFindings } from "./weakened.ts";

const MAX_NAMED = 5;

function keyRules(route: Route, { keys }: LintFacts): Finding[] {
  if (route.auth.mode !== "api-key" || !route.auth.allowedApiKeyIds) return [];
  const finding = findingOf(route);
  const bad = { revoked: [] as string[], expired: [] as string[], unknown: [] as string[] };
  for (const id of route.auth.allowedApiKeyIds) {
    const key = keys.get(id);
    if (!key) bad.unknown.push(id);
    else if (key.status === "revoked" || key.status === "expired") bad[key.status].push(key.name);
  }
  const all = route.auth.allowedApiKeyIds.length;
  return (Object.keys(bad) as (keyof typeof bad)[])
    .filter((state) => bad[state].length > 0)
    .map((state) => {
      const names = bad[state];
      const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
      const listed = `${names.slice(0, MAX_NAMED).join(", ")}${more}`;
      const nobody = names.length === all ? " Nobody can call this route." : "";
      const what = state === "unknown" ? "of no key of this tenant" : `of a key that is ${state}`;
      return finding(
        "warning",
        `allowed_key_${state}`,
        "auth.allowedApiKeyIds",
        `The list of allowed keys holds the ${state === "unknown" ? "id" : "name"} ${what}: ${listed}.${nobody}`,
      );
    });
}

function functionRules(route: Route, { functions }: LintFacts): Finding[] {
  const { target } = route;
  const named =
    target.type === "function" || target.type === "job"
      ? [["target.function", target.function] as const]
      : target.type === "pipeline"
        ? target.functions.map((name, index) => [`target.functions.${index}`, name] as const)
        : [];
  return named
    .filter(([, name]) => !functions.has(name))
    .map(([field, name]) =>
      findingOf(route)(
        "warning",
        "function_not_registered",
        field,
        `No data plane has registered a function ${name}; until one does, calls fail.`,
      ),
    );
}

/** Whether a URL leads to the gateway itself, by the address that callers use. */
function isGateway(url: URL, gatewayOrigin: string | null): boolean {
  return (
    gatewayOrigin !== null &&
    url.origin === URL.parse(gatewayOrigin)?.origin &&
    /^\/gw(?:\/|$)/.test(url.pathname)
  );
}

function upstreamRules(route: Route, facts: LintFacts): Finding[] {
  const { target } = route;
  const text = target.type === "http" ? target.url : target.type === "lambda" ? target.endpoint : null;
  const url = text ? URL.parse(text) : null;
  if (!url) return [];
  const finding = findingOf(route);
  const field = target.type === "http" ? "target.url" : "target.endpoint";
  const found: Finding[] = [];
  if (!facts.allowInternalUpstreams && isInternalHost(url.hostname)) {
    found.push(
      finding(
        "error",
        "internal_upstream",
        field,
        `${url.hostname} is inside the gateway's own network. Name a public address; only whoever runs the installation can allow internal ones.`,
      ),
    );
  }
  if (isGateway(url, facts.gatewayOrigin)) {
    found.push(
      finding(
        "warning",
        "target_is_gateway",
        field,
        "The target is this gateway: a request can run in circles until it times out.",
      ),
    );
  }
  return found;
}

/** What one route's document and the tenant's state tell together. */
export function factFindings(route: Route, facts: LintFacts): Finding[] {
  const found = [
    ...keyRules(route, facts),
    ...functionRules(route, facts),
    ...upstreamRules(route, facts),
    ...weakenedFindings(route, facts),
  ];
  if (route.auth.mode === "bearer" && facts.issuers === 0) {
    found.push(
      findingOf(route)(
        "warning",
        "no_issuer",
        "auth.mode",
        "The tenant has no issuer, so no bearer token can be valid and every caller is refused.",
      ),
    );
  }
  return found;
}
