import type { RouteFieldsInput } from "#lib/contract/route.ts";
import type { ClaimRow, HeaderRow, RouteFormValues } from "./route-form-values.ts";
import { UNITS } from "./size-units.ts";

/** What keeps values from being a document at all, at the path of the field. */
export type FormProblem = { path: string[]; message: string };

/** Left empty: the default of the schema. Anything that is no whole number: NaN, which the schema refuses. */
function whole(text: string): number | undefined {
  const typed = text.trim();
  if (typed === "") return undefined;
  return /^\d{1,15}$/.test(typed) ? Number(typed) : Number.NaN;
}

/** As `whole`, for a field without a default: empty is refused too. */
const wholeRequired = (text: string): number => whole(text) ?? Number.NaN;

function bytes(values: RouteFormValues): number | undefined {
  const typed = values.maxBody.trim();
  if (typed === "") return undefined;
  if (!/^\d{1,12}(\.\d{1,9})?$/.test(typed)) return Number.NaN;
  return Number(typed) * UNITS[values.maxBodyUnit];
}

function target(values: RouteFormValues): RouteFieldsInput["target"] {
  const timeoutMs = whole(values.timeoutMs);
  const maxAttempts = whole(values.maxAttempts);
  const { eventFormat, functionName } = values;
  switch (values.targetType) {
    case "function":
      return { type: "function", function: functionName, timeoutMs, eventFormat };
    case "http":
      return { type: "http", url: values.url, timeoutMs };
    case "lambda":
      return {
        type: "lambda",
        functionName: values.lambdaName,
        region: values.region || null,
        endpoint: values.endpoint || null,
        eventFormat,
        timeoutMs,
      };
    case "job":
      return { type: "job", function: functionName, maxAttempts, timeoutMs };
    case "pipeline":
      return { type: "pipeline", functions: values.functions, maxAttempts, timeoutMs };
    case "job-status":
      return { type: "job-status" };
  }
}

function claim({ type, value }: ClaimRow): string | number | boolean {
  if (type === "string") return value;
  if (type === "boolean") return value === "true";
  return value.trim() === "" ? Number.NaN : Number(value);
}

/** Rows that nothing was typed into are not there. */
const started = <Row extends { name: string; value: string }>(rows: readonly Row[]): Row[] =>
  rows.filter((row) => row.name !== "" || row.value !== "");

const startedClaims = (values: RouteFormValues): ClaimRow[] =>
  values.claims.filter((row) => row.name !== "" || (row.type !== "boolean" && row.value !== ""));

function auth(values: RouteFormValues): RouteFieldsInput["auth"] {
  if (values.authMode === "none") return { mode: "none" };
  if (values.authMode === "api-key") {
    return { mode: "api-key", allowedApiKeyIds: values.onlySomeKeys ? values.keyIds : null };
  }
  const requiredClaims = Object.fromEntries(startedClaims(values).map((row) => [row.name, claim(row)]));
  return { mode: "bearer", requiredScopes: values.scopes, requiredClaims };
}

const headers = (rows: readonly HeaderRow[]) =>
  Object.fromEntries(started(rows).map(({ name, value }) => [name, value]));

type JsonSchema = NonNullable<RouteFieldsInput["validation"]>["body"];

function parsed(text: string): { value: JsonSchema } | { message: string } {
  if (text.trim() === "") return { value: null };
  try {
    return { value: JSON.parse(text) as JsonSchema };
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) };
  }
}

function schema(text: string): JsonSchema {
  const result = parsed(text);
  return "value" in result ? result.value : undefined;
}

/**
 * The document that the values say, whole. What was typed where only a number may stand becomes NaN and what is no
 * JSON is left out: `formProblems` and the route's schema refuse both.
 */
export function toDocument(values: RouteFormValues): RouteFieldsInput {
  return {
    method: values.method,
    path: values.path,
    enabled: values.enabled,
    name: values.name,
    description: values.description,
    tags: values.tags,
    apiVersion: values.apiVersion || null,
    target: target(values),
    auth: auth(values),
    corsEnabled: values.corsEnabled,
    cors: {
      allowOrigins: values.origins,
      allowMethods: values.corsMethods,
      allowHeaders: values.allowHeaders,
      exposeHeaders: values.exposeHeaders,
      allowCredentials: values.credentials,
      maxAgeSeconds: whole(values.maxAge),
    },
    rateLimit: values.limited
      ? { requestsPerMinute: wholeRequired(values.requestsPerMinute), per: values.per }
      : null,
    maxBodyBytes: bytes(values),
    validation: values.validated
      ? { body: schema(values.bodySchema), query: schema(values.querySchema) }
      : null,
    cache: values.cached ? { ttlSeconds: wholeRequired(values.ttlSeconds) } : null,
    transform: values.transformed
      ? {
          request: {
            setHeaders: headers(values.requestSet),
            removeHeaders: values.requestRemove,
            path: values.requestPath || null,
          },
          response: { setHeaders: headers(values.responseSet), removeHeaders: values.responseRemove },
        }
      : null,
  };
}

/** Rows that would be lost in a document, because they have no name or that of a row before. */
function rowProblems(rows: readonly { name: string }[], path: string[]): FormProblem[] {
  const seen = new Set<string>();
  const problems: FormProblem[] = [];
  for (const { name } of rows) {
    if (name === "") problems.push({ path, message: "needs a name in every row" });
    else if (seen.has(name)) problems.push({ path, message: `has “${name}” twice` });
    seen.add(name);
  }
  return problems;
}

/** What the document could not show: text that is no JSON, and rows that would replace one another. */
export function formProblems(values: RouteFormValues): FormProblem[] {
  const problems: FormProblem[] = [];
  if (values.validated) {
    for (const [name, text] of [
      ["body", values.bodySchema],
      ["query", values.querySchema],
    ] as const) {
      const result = parsed(text);
      if ("message" in result) {
        problems.push({ path: ["validation", name], message: `is not JSON: ${result.message}` });
      }
    }
  }
  if (values.authMode === "bearer") {
    problems.push(...rowProblems(startedClaims(values), ["auth", "requiredClaims"]));
  }
  if (values.transformed) {
    problems.push(...rowProblems(started(values.requestSet), ["transform", "request", "setHeaders"]));
    problems.push(...rowProblems(started(values.responseSet), ["transform", "response", "setHeaders"]));
  }
  return problems;
}
