import { canonicalJson } from "#lib/contract/canonical-json.ts";
import type { RouteFields } from "#lib/contract/route.ts";
import { describeField, differingFields, fieldName, type KeyNames } from "./route-words.ts";

/** One thing in which two versions of a route differ, in words. */
export type Difference = { path: string; label: string; mine: string; theirs: string };

const MEMBERS: Readonly<Record<string, string>> = {
  function: "function",
  functions: "functions",
  functionName: "function",
  url: "URL",
  region: "region",
  endpoint: "endpoint",
  eventFormat: "event format",
  timeoutMs: "timeout in ms",
  maxAttempts: "attempts at most",
  allowedApiKeyIds: "allowed keys",
  requiredScopes: "scopes",
  requiredClaims: "claims",
  allowOrigins: "origins",
  allowMethods: "methods",
  allowHeaders: "allowed headers",
  exposeHeaders: "exposed headers",
  allowCredentials: "credentials",
  maxAgeSeconds: "seconds a preflight is remembered",
  requestsPerMinute: "requests per minute",
  per: "counted per",
  body: "body schema",
  query: "query schema",
  ttlSeconds: "seconds an answer is kept",
  request: "request",
  response: "answer",
  setHeaders: "headers set",
  removeHeaders: "headers removed",
  path: "path",
};

type Members = Record<string, unknown>;
const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const sameKind = (a: Members, b: Members) => a.type === b.type && a.mode === b.mode;

function words(value: unknown, names: KeyNames): string {
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return "none";
  if (Array.isArray(value)) {
    return value
      .map((one) => (typeof one === "string" ? (names[one] ?? one) : JSON.stringify(one)))
      .join(", ");
  }
  if (isObject(value)) return Object.keys(value).length ? JSON.stringify(value, null, 2) : "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "number" ? value.toLocaleString("en") : String(value);
}

/** Schemas, claims and headers are compared whole: their members' names are the tenant's, not ours. */
const WHOLE = new Set(["body", "query", "requiredClaims", "setHeaders"]);

function inside(path: string, label: string, mine: Members, theirs: Members, names: KeyNames): Difference[] {
  const members = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
  return members.flatMap((member): Difference[] => {
    const [a, b] = [mine[member], theirs[member]];
    if (canonicalJson(a) === canonicalJson(b)) return [];
    const at = `${path}.${member}`;
    const name = `${label}: ${MEMBERS[member] ?? member}`;
    if (isObject(a) && isObject(b) && !WHOLE.has(member)) return inside(at, name, a, b, names);
    return [{ path: at, label: name, mine: words(a, names), theirs: words(b, names) }];
  });
}

/** Everything in which two versions of a route differ, as finely as it can be told; `names` turns key ids into names. */
export function differences(mine: RouteFields, theirs: RouteFields, names: KeyNames = {}): Difference[] {
  return differingFields(mine, theirs).flatMap((field) => {
    const [a, b]: [unknown, unknown] = [mine[field], theirs[field]];
    if (isObject(a) && isObject(b) && sameKind(a, b)) return inside(field, fieldName(field), a, b, names);
    const text = (value: unknown) => describeField(field, value, names);
    return [{ path: field, label: fieldName(field), mine: text(a), theirs: text(b) }];
  });
}
