import { canonicalJson } from "#lib/contract/canonical-json.ts";
import type { Auth, RateLimit, RouteFields, Target } from "#lib/contract/route.ts";
import { describeTarget } from "#lib/routes/rules.ts";

/** The name of a key by its id, where it is known. */
export type KeyNames = Readonly<Record<string, string>>;

const count = (amount: number, one: string) =>
  `${amount.toLocaleString("en")} ${one}${amount === 1 ? "" : "s"}`;

/** Who may call, in a word or two; short enough for a column. */
export function authAtAGlance(auth: Auth): string {
  if (auth.mode === "none") return "Public";
  if (auth.mode === "bearer") return "Bearer token";
  return auth.allowedApiKeyIds === null ? "Any key" : count(auth.allowedApiKeyIds.length, "key");
}

/** A rate limit for a column: "600/min per IP". */
export function limitAtAGlance(limit: RateLimit | null): string {
  if (!limit) return "none";
  return `${limit.requestsPerMinute.toLocaleString("en")}/min per ${limit.per === "ip" ? "IP" : "key"}`;
}

function describeAuth(auth: Auth, names: KeyNames): string {
  if (auth.mode === "none") return "public, no key needed";
  if (auth.mode === "bearer") {
    const asks = [
      ...(auth.requiredScopes.length ? [`scopes ${auth.requiredScopes.join(", ")}`] : []),
      ...(Object.keys(auth.requiredClaims).length ? [`claims ${JSON.stringify(auth.requiredClaims)}`] : []),
    ];
    return `bearer token${asks.length ? ` with ${asks.join(" and ")}` : ""}`;
  }
  if (auth.allowedApiKeyIds === null) return "any API key of the tenant";
  if (auth.allowedApiKeyIds.length === 0) return "no API key at all";
  const shown = auth.allowedApiKeyIds.slice(0, 5).map((id) => names[id] ?? id);
  const more = auth.allowedApiKeyIds.length - shown.length;
  return `only the keys ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function describeWholeTarget(target: Target): string {
  const parts = [describeTarget(target)];
  if ("maxAttempts" in target) parts.push(`at most ${count(target.maxAttempts, "attempt")}`);
  if ("timeoutMs" in target) parts.push(`${target.timeoutMs.toLocaleString("en")} ms`);
  if ("eventFormat" in target && target.eventFormat !== "simple") parts.push(`${target.eventFormat} event`);
  return parts.join(", ");
}

const FIELD_NAMES: Record<keyof RouteFields, string> = {
  method: "Method",
  path: "Path",
  enabled: "Enabled",
  name: "Name",
  description: "Description",
  tags: "Tags",
  apiVersion: "Version",
  target: "Target",
  auth: "Who may call",
  corsEnabled: "CORS",
  cors: "CORS rules",
  rateLimit: "Rate limit",
  maxBodyBytes: "Largest body",
  validation: "Validation",
  cache: "Cache",
  transform: "Transformation",
};

/** A field's name for people. */
export const fieldName = (field: string): string => FIELD_NAMES[field as keyof RouteFields] ?? field;

/** What a field of a route says, in words; `names` turns key ids into names. */
export function describeField(field: string, value: unknown, names: KeyNames = {}): string {
  if (field === "target") return describeWholeTarget(value as Target);
  if (field === "auth") return describeAuth(value as Auth, names);
  if (field === "rateLimit") return limitAtAGlance(value as RateLimit | null);
  if (field === "maxBodyBytes") return `${(value as number).toLocaleString("en")} bytes`;
  if (typeof value === "boolean") return value ? "on" : "off";
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return "none";
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The fields in which two documents of one route differ. */
export function differingFields(a: RouteFields, b: RouteFields): (keyof RouteFields)[] {
  const fields = Object.keys(FIELD_NAMES) as (keyof RouteFields)[];
  return fields.filter((field) => canonicalJson(a[field]) !== canonicalJson(b[field]));
}

/** "/v1" of "/v1/users/:id": what routes are grouped by. */
export const firstSegment = (path: string): string => `/${path.split("/")[1] ?? ""}`;

/** The rows with those of one group together; groups and rows keep the order in which they came. */
export function grouped<Row>(rows: readonly Row[], groupOf: (row: Row) => string): Row[] {
  return [...Map.groupBy(rows, groupOf).values()].flat();
}
