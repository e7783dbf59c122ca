import { type Route, routeFieldsSchema } from "../route.ts";
import type { Finding } from "./finding.ts";

const MAX_ISSUES = 50;
/** Deeper than any document or JSON Schema that a person writes. */
const MAX_DEPTH = 100;

type Read = { ok: true; route: Route } | { ok: false; findings: Finding[] };

/** Looks level by level, so that no depth can exhaust the stack. */
function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((each) => (each !== null && typeof each === "object" ? Object.values(each) : []));
  }
  return false;
}

/** What keeps a text from being an origin, named before the schema says so in general. */
function originProblem(text: string): [code: string, message: string] | null {
  const url = URL.parse(text);
  if (text === "*" || !url || !["http:", "https:"].includes(url.protocol) || url.origin === text) return null;
  if (`${url.origin}/` === text) {
    return [
      "origin_trailing_slash",
      `${text} ends in a slash, which browsers never send: write ${url.origin}.`,
    ];
  }
  return [
    "origin_not_exact",
    `${text.slice(0, 200)} is more than an origin, or spelled otherwise than browsers do: write ${url.origin}.`,
  ];
}

function originFindings(document: unknown, routeId: string | null): Finding[] {
  const { cors } = (document ?? {}) as { cors?: { allowOrigins?: unknown } | null };
  const origins = cors !== null && typeof cors === "object" ? cors.allowOrigins : undefined;
  if (!Array.isArray(origins)) return [];
  return origins.slice(0, MAX_ISSUES).flatMap((origin: unknown, position) => {
    const problem = typeof origin === "string" ? originProblem(origin) : null;
    if (!problem) return [];
    const [code, message] = problem;
    const field = `cors.allowOrigins.${position}`;
    return [{ code, severity: "error" as const, routeId, field, message, others: [] }];
  });
}

/** Reads a route document of any shape; what is wrong with it is placed at its field. Never throws. */
export function readCandidate(document: unknown, id: string | null, asId: string): Read {
  const invalid = (field: string | null, message: string): Finding => ({
    code: "invalid_document",
    severity: "error",
    routeId: id,
    field,
    message,
    others: [],
  });
  if (isTooDeep(document)) {
    return {
      ok: false,
      findings: [invalid(null, `The document is nested deeper than ${MAX_DEPTH} levels.`)],
    };
  }
  const named = originFindings(document, id);
  const parsed = routeFieldsSchema.safeParse(document);
  if (parsed.success) return { ok: true, route: { id: asId, ...parsed.data } };
  const known = new Set(named.map(({ field }) => field));
  const issues = parsed.error.issues
    .map((issue) => invalid(issue.path.map(String).join(".") || null, issue.message))
    .filter(({ field }) => !known.has(field));
  return { ok: false, findings: [...named, ...issues.slice(0, MAX_ISSUES)] };
}
