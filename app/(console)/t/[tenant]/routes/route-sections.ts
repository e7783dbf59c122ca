import type { RouteFormValues } from "./route-form-values.ts";
import { limitAtAGlance } from "./route-words.ts";

export type SectionId =
  | "access"
  | "limits"
  | "cors"
  | "validation"
  | "cache"
  | "transform"
  | "timing"
  | "version"
  | "about";

type Section = {
  id: SectionId;
  title: string;
  /** The paths of the document that have a field in it. */
  fields: readonly string[];
  /** What it says at present, in one line. */
  summary: (values: RouteFormValues) => string;
};

const count = (amount: number, one: string) =>
  `${amount.toLocaleString("en")} ${one}${amount === 1 ? "" : "s"}`;

const listed = (items: readonly string[], most: number): string =>
  items.length > most
    ? `${items.slice(0, most).join(", ")} and ${items.length - most} more`
    : items.join(", ");

function accessSummary(values: RouteFormValues): string {
  if (values.authMode === "none") return "Everybody, without a key";
  if (values.authMode === "api-key") {
    return values.onlySomeKeys
      ? `${count(values.keyIds.length, "chosen key")} only`
      : "Any API key of the tenant";
  }
  const asks = [
    ...(values.scopes.length ? [`scopes ${listed(values.scopes, 3)}`] : []),
    ...(values.claims.length ? [count(values.claims.length, "claim")] : []),
  ];
  return `Bearer token${asks.length ? ` with ${asks.join(" and ")}` : ""}`;
}

function limitsSummary(values: RouteFormValues): string {
  const requestsPerMinute = Number(values.requestsPerMinute) || 0;
  const rate = limitAtAGlance(values.limited ? { requestsPerMinute, per: values.per } : null);
  const unit = values.maxBodyUnit === "B" ? "bytes" : values.maxBodyUnit;
  return `${values.limited ? rate : "No rate limit"}, bodies up to ${values.maxBody || "2"} ${unit}`;
}

function corsSummary(values: RouteFormValues): string {
  if (!values.corsEnabled) return "Off: browsers on other sites cannot call it";
  if (values.origins.length === 0) return "No origin allowed";
  const who = values.origins.includes("*") ? "Any origin" : listed(values.origins, 2);
  return values.credentials ? `${who}, with credentials` : who;
}

function validationSummary(values: RouteFormValues): string {
  if (!values.validated) return "Requests are passed on unchecked";
  const parts = [values.bodySchema.trim() ? "body" : "", values.querySchema.trim() ? "query" : ""];
  const named = parts.filter(Boolean).join(" and ");
  return named ? `Checks the ${named}` : "On, without a schema yet";
}

function transformSummary(values: RouteFormValues): string {
  if (!values.transformed) return "Nothing is changed on the way";
  const changes = [
    values.requestPath ? `path ${values.requestPath}` : "",
    values.requestSet.length ? `sets ${count(values.requestSet.length, "request header")}` : "",
    values.requestRemove.length ? `removes ${count(values.requestRemove.length, "request header")}` : "",
    values.responseSet.length ? `sets ${count(values.responseSet.length, "response header")}` : "",
    values.responseRemove.length ? `removes ${count(values.responseRemove.length, "response header")}` : "",
  ].filter(Boolean);
  return changes.length ? changes.join(", ") : "On, without a change yet";
}

function timingSummary(values: RouteFormValues): string {
  const { targetType } = values;
  if (targetType === "job-status") return "Nothing to set for this kind of target";
  const parts = [`${Number(values.timeoutMs || 5_000).toLocaleString("en")} ms`];
  if (targetType === "job" || targetType === "pipeline") {
    parts.push(`at most ${count(Number(values.maxAttempts || 5), "attempt")}`);
  }
  if (targetType === "function" || targetType === "lambda") parts.push(`${values.eventFormat} event`);
  return parts.join(", ");
}

/** The folded parts of the form, in order; each can be reached by its id as the hash of the address. */
export const SECTIONS: readonly Section[] = [
  { id: "access", title: "Who may call", fields: ["auth"], summary: accessSummary },
  { id: "limits", title: "Limits", fields: ["rateLimit", "maxBodyBytes"], summary: limitsSummary },
  { id: "cors", title: "CORS", fields: ["cors", "corsEnabled"], summary: corsSummary },
  { id: "validation", title: "Request validation", fields: ["validation"], summary: validationSummary },
  {
    id: "cache",
    title: "Cache",
    fields: ["cache"],
    summary: (values) =>
      values.cached
        ? `Answers are kept for ${values.ttlSeconds || "…"} seconds`
        : "Every request reaches the target",
  },
  { id: "transform", title: "Transformation", fields: ["transform"], summary: transformSummary },
  {
    id: "timing",
    title: "Target settings",
    fields: [
      "target.timeoutMs",
      "target.maxAttempts",
      "target.eventFormat",
      "target.region",
      "target.endpoint",
    ],
    summary: timingSummary,
  },
  {
    id: "version",
    title: "Version",
    fields: ["apiVersion"],
    summary: (values) => values.apiVersion || "Not versioned by date",
  },
  {
    id: "about",
    title: "Name and tags",
    fields: ["name", "description", "tags"],
    summary: (values) => listed([values.name, ...values.tags].filter(Boolean), 4) || "None",
  },
];

/** The paths that have a field of their own in the open part of the form. */
const OPEN_FIELDS = ["method", "path", "enabled", "target"] as const;

/** Every path of the document that has a field. */
export const PLACED_FIELDS: readonly string[] = [
  ...OPEN_FIELDS,
  ...SECTIONS.flatMap((section) => section.fields),
];

const within = (path: string, field: string) => path === field || path.startsWith(`${field}.`);

/** The section in which the field of a document's path lies; null for the part that is always open. */
export function sectionOf(path: string): SectionId | null {
  return SECTIONS.find(({ fields }) => fields.some((field) => within(path, field)))?.id ?? null;
}

/** Whole parts of the document, and the field that stands for each. */
const STAND_INS: Readonly<Record<string, string>> = {
  auth: "auth.mode",
  cors: "corsEnabled",
  target: "target.type",
  rateLimit: "rateLimit.requestsPerMinute",
  validation: "validation.body",
  cache: "cache.ttlSeconds",
  transform: "transform.request.path",
  "transform.request": "transform.request.path",
  "transform.response": "transform.response.setHeaders",
};

/** Where something about `path` is shown: the path of a field. */
export const fieldFor = (path: string): string => STAND_INS[path] ?? path;
