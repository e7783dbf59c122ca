import { type RouteFields, routeFieldsSchema } from "#lib/contract/route.ts";
import { formProblems, toDocument } from "./route-document.ts";
import type { RouteFormValues } from "./route-form-values.ts";
import { sizeText } from "./size-units.ts";

type Issue = {
  code?: string | undefined;
  minimum?: unknown;
  maximum?: unknown;
  input?: unknown;
  path?: PropertyKey[] | undefined;
};

const NUMBERS = [
  "requestsPerMinute",
  "timeoutMs",
  "maxAttempts",
  "maxAgeSeconds",
  "maxBodyBytes",
  "ttlSeconds",
];

/** Plain words where the schema leaves the wording to its reader. */
function words(issue: Issue): string | undefined {
  const path = issue.path?.map(String) ?? [];
  const field = path.at(-1) ?? "";
  const isNumber = NUMBERS.includes(field);
  if (path[0] === "validation" && path.length > 1) return "must be a JSON object, or true or false";
  if (path[1] === "requiredClaims" && path.length > 2) return `has a claim “${field}” that is no number`;
  if (field === "functions" && issue.code === "too_small") return "needs at least one function";
  if (field === "region") return "must be a region such as eu-central-1";
  if (path.join(".") === "transform.request.path" && issue.code !== "too_big") return "must start with /";
  if (field === "apiVersion") return "must be a date such as 2026-01-31";
  if (issue.code === "invalid_key") return `has “${field}”, which is not a header's name`;
  if (issue.code === "invalid_type") return isNumber ? "must be a whole number" : "is required";
  if (issue.code === "too_small" && isNumber) return `must be at least ${issue.minimum}`;
  if (issue.code === "too_big" && isNumber) {
    const most = Number(issue.maximum);
    return `must be at most ${field === "maxBodyBytes" ? sizeText(most) : most.toLocaleString("en")}`;
  }
  return undefined;
}

type Result =
  | { success: true; data: RouteFields }
  | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } };

/** The server's schema, asked in the browser about the document that the values of the form make. */
export const routeFormSchema = {
  safeParse(values: unknown): Result {
    const typed = values as RouteFormValues;
    const problems: { path: PropertyKey[]; message: string }[] = formProblems(typed);
    const parsed = routeFieldsSchema.safeParse(toDocument(typed), { error: words });
    if (parsed.success && problems.length === 0) return { success: true, data: parsed.data };
    return { success: false, error: { issues: [...problems, ...(parsed.error?.issues ?? [])] } };
  },
};
