import { parsePattern } from "#lib/contract/path.ts";
import { type Notes, Unusable } from "./notes.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const RESERVED = new Set(["__proto__", "constructor", "prototype"]);

/** A path of the document in the gateway's own grammar, and under which name each of its parameters goes there. */
export type RoutePath = { path: string; names: Map<string, string>; trailingSlash: boolean };

/**
 * OpenAPI's `/users/{id}` as `/users/:id`. Characters that mean something in the gateway's grammar and nothing in
 * OpenAPI's (a leading `:`, `*`, a lone `+`) are percent-encoded; parameters get names that the gateway can carry.
 * Throws Unusable for what the grammar cannot say, such as a parameter in the middle of a segment.
 */
export function toRoutePath(template: string, pointer: string, notes: Notes): RoutePath {
  if (!template.startsWith("/")) throw new Unusable(pointer, "the path must start with /");
  const names = new Map<string, string>();
  const trailingSlash = template.length > 1 && template.endsWith("/") && !template.endsWith("//");
  const segments = (trailingSlash ? template.slice(1, -1) : template.slice(1)).split("/");
  const path = `/${segments.map((segment) => toSegment(segment, pointer, names, notes)).join("/")}`;
  const parsed = parsePattern(path);
  if (!parsed.ok) throw new Unusable(pointer, `the path ${parsed.message}`);
  if (trailingSlash) {
    notes.add(
      "Trailing slash",
      pointer,
      `callers reach it at ${path}, without the slash at the end; an HTTP upstream still gets the slash`,
    );
  }
  return { path, names, trailingSlash };
}

function toSegment(segment: string, pointer: string, names: Map<string, string>, notes: Notes): string {
  const whole = /^\{([^{}]*)\}$/.exec(segment)?.[1];
  if (whole !== undefined) {
    const greedy = whole.endsWith("+");
    const original = greedy ? whole.slice(0, -1) : whole;
    if (names.has(original)) throw new Unusable(pointer, `the path uses the parameter '${original}' twice`);
    const name = parameterName(original, new Set(names.values()));
    names.set(original, name);
    if (name !== original) {
      notes.add("Renamed parameter", pointer, `the parameter '${original}' is called '${name}' here`);
    }
    return greedy ? `{${name}+}` : `:${name}`;
  }
  if (/[{}]/.test(segment)) {
    throw new Unusable(
      pointer,
      `'${segment}' has a parameter inside a segment: a parameter must be a whole segment`,
    );
  }
  if (/[?#]/.test(segment)) {
    throw new Unusable(pointer, "the path has a ? or #: a query is not part of a path");
  }
  return literal(segment);
}

/** What the gateway's grammar would read as something else, spelled so that it means itself. */
export function literal(segment: string): string {
  const encoded = segment.replace(/[\s*\\]/g, (character) =>
    character === "*" ? "%2A" : encodeURIComponent(character),
  );
  if (encoded.startsWith(":")) return `%3A${encoded.slice(1)}`;
  return encoded === "+" ? "%2B" : encoded;
}

function parameterName(original: string, taken: ReadonlySet<string>): string {
  if (NAME.test(original) && !RESERVED.has(original) && !taken.has(original)) return original;
  let base = original.replace(/[^A-Za-z0-9_]+/g, "_").slice(0, 56) || "parameter";
  if (!NAME.test(base) || RESERVED.has(base)) base = `p_${base}`.replace(/_{3,}/g, "_");
  let name = base;
  for (let i = 2; taken.has(name); i++) name = `${base}_${i}`;
  return name;
}
