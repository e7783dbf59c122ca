import { z } from "zod";
import { METHODS, type Method } from "./methods.ts";
import { type ParsedPattern, parsePattern } from "./path.ts";
import { printable } from "./text.ts";

export const MAX_AUTHORIZED_REQUESTS = 500;
const MAX_QUERY_PARAMETERS = 20;

/** One kind of request that a key may make: the same path grammar as a route's. */
export const authorizedRequestSchema = z.strictObject({
  method: z.enum(METHODS).default("ANY"),
  path: z.string().superRefine((path, context) => {
    const parsed = parsePattern(path);
    if (!parsed.ok) context.addIssue({ code: "custom", message: parsed.message });
  }),
  /** Each named parameter must be present, once, with exactly this value. Others are not looked at. */
  queryParameters: z
    .record(printable(1, 256), printable(0, 1_024))
    .refine(
      (named) => Object.keys(named).length <= MAX_QUERY_PARAMETERS,
      `holds more than ${MAX_QUERY_PARAMETERS} parameters`,
    )
    .default({}),
});

/** `null`: anything that the key's routes allow. An empty list: nothing. */
export const authorizedRequestsSchema = z
  .array(authorizedRequestSchema)
  .max(MAX_AUTHORIZED_REQUESTS, `holds more than ${MAX_AUTHORIZED_REQUESTS} rows`)
  .nullable();

export type AuthorizedRequest = z.output<typeof authorizedRequestSchema>;

type CompiledRequest = {
  method: Method;
  /** As written, for people. */
  path: string;
  pattern: ParsedPattern;
  parameters: readonly (readonly [name: string, value: string])[];
};
export type CompiledRequests = readonly CompiledRequest[];

/** Prepares a key's list for matching. Takes what the database holds; throws ZodError when it has another shape. */
export function compileAuthorizedRequests(document: unknown): CompiledRequests | null {
  const requests = authorizedRequestsSchema.parse(document ?? null);
  if (requests === null) return null;
  return requests.map(({ method, path, queryParameters }) => {
    const parsed = parsePattern(path);
    if (!parsed.ok) throw new Error(`path ${parsed.message}`);
    return { method, path, pattern: parsed.pattern, parameters: Object.entries(queryParameters) };
  });
}

/** Whether a pattern matches decoded path segments: the one-pattern form of what the matcher's trie does. */
export function patternMatches(pattern: ParsedPattern, segments: readonly string[]): boolean {
  const parts = pattern.segments;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as (typeof parts)[number];
    if (part.kind === "rest") return part.min === 0 || segments.length > i + 1 || Boolean(segments[i]);
    const segment = segments[i];
    if (!segment || (part.kind === "literal" && part.value !== segment)) return false;
  }
  return segments.length === parts.length;
}

const methodFits = (entry: CompiledRequest, method: string): boolean =>
  entry.method === method || entry.method === "ANY" || (method === "HEAD" && entry.method === "GET");

/** Whether one of a key's entries covers the request: its method, its path and each of its query parameters once. `query` is the raw query string, without `?`. */
export function isAuthorizedRequest(
  requests: CompiledRequests,
  method: string,
  segments: readonly string[],
  query: string,
): boolean {
  let parsed: URLSearchParams | null = null;
  return requests.some((entry) => {
    if (!methodFits(entry, method) || !patternMatches(entry.pattern, segments)) return false;
    return entry.parameters.every(([name, value]) => {
      parsed ??= new URLSearchParams(query);
      const sent = parsed.getAll(name);
      return sent.length === 1 && sent[0] === value;
    });
  });
}

const MAX_DESCRIBED = 3;

/** In words, why none of a key's entries covers a request: those that come nearest, and what each lacks. */
export function describeMisses(
  requests: CompiledRequests,
  method: string,
  segments: readonly string[],
  query: string,
): string {
  if (requests.length === 0) return "The key's list of requests is empty, so it may make none.";
  const sent = new URLSearchParams(query);
  const described = requests.map((entry) => {
    const path = patternMatches(entry.pattern, segments);
    const lacks: string[] = [];
    if (!path) lacks.push("another path");
    if (!methodFits(entry, method)) lacks.push("another method");
    for (const [name, value] of path ? entry.parameters : []) {
      const values = sent.getAll(name);
      if (values.length > 1) lacks.push(`${name} was sent ${values.length} times`);
      else if (values[0] !== value) lacks.push(`needs ${name}=${value} in the query`);
    }
    return { path, text: `${entry.method} ${entry.path} (${lacks.join(", ")})`, lacks: lacks.length };
  });
  described.sort((a, b) => Number(b.path) - Number(a.path) || a.lacks - b.lacks);
  const shown = described.slice(0, MAX_DESCRIBED).map(({ text }) => text);
  const more = described.length - shown.length;
  const rest = more > 0 ? `, and ${more} more` : "";
  return `None of the requests that the key may make is this one: ${shown.join("; ")}${rest}.`;
}
