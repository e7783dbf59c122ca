import type { PatternSegment } from "./path.ts";

/** A literal segment, or the place in the request's path where the value stands. */
type Piece = string | { index: number; rest: boolean };
/** A path to be filled with a route's parameters. */
export type PathTemplate = readonly Piece[];
export type TemplateResult =
  | { ok: true; template: PathTemplate }
  | { ok: false; unknown: string | null; message: string };

const NAMED = /^(?::([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\+?\})$/;
/** The route's rest, whatever it is called there. */
const REST = new Set(["*", "**", "+"]);
const DOTS = new Set([".", ".."]);

const problem = (message: string, unknown: string | null = null): TemplateResult => ({
  ok: false,
  unknown,
  message,
});

/** Why a literal segment cannot stand in a path that somebody else will read; null when it can. */
function literalProblem(text: string): string | null {
  if (text.startsWith(":") || /[{}*]/.test(text)) {
    return `has '${text}': a parameter is a whole segment, written :name or {name}, and * is the rest`;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[?#\\\u0000-\u0020\u007f]/.test(text) || !text.isWellFormed()) {
    return `has '${text}', with a character that a path segment cannot have`;
  }
  try {
    if (DOTS.has(decodeURIComponent(text))) return "has a dot segment";
  } catch {
    return `has '${text}', which is not valid percent-encoding`;
  }
  return null;
}

/**
 * Reads a path in which whole segments stand for parameters of a route's pattern: `:name`, `{name}`, `{name+}`, and
 * `*` for the rest. Never throws; `message` says what is wrong and reads well after "a path that ". `unknown` is the
 * name that the pattern does not have.
 */
export function parsePathTemplate(text: string, pattern: readonly PatternSegment[]): TemplateResult {
  if (!text.startsWith("/")) return problem("does not start with /");
  const places = new Map<string, Piece>();
  let rest: Piece | null = null;
  for (const [index, segment] of pattern.entries()) {
    if (segment.kind === "literal") continue;
    const place = { index, rest: segment.kind === "rest" };
    places.set(segment.name, place);
    if (place.rest) rest = place;
  }
  const parts = text === "/" ? [] : text.slice(1).split("/");
  const template: Piece[] = [];
  for (const [index, part] of parts.entries()) {
    if (REST.has(part)) {
      if (!rest) return problem(`uses ${part}, but the route's path has no rest`, part);
      template.push(rest);
      continue;
    }
    const match = NAMED.exec(part);
    const name = match?.[1] ?? match?.[2];
    if (name !== undefined) {
      const place = places.get(name);
      if (!place) return problem(`names :${name}, which is no parameter of the route's path`, name);
      template.push(place);
      continue;
    }
    if (part === "" && index < parts.length - 1) return problem("has an empty segment (//)");
    const wrong = literalProblem(part);
    if (wrong) return problem(wrong);
    template.push(part.replace(/[^\x21-\x7e]+/gu, encodeURIComponent));
  }
  return { ok: true, template };
}

/**
 * The path for one request, whose decoded segments are given. Each value is encoded anew, segment by segment, so that
 * no value can add a segment, a query or a fragment; dot segments never get as far as this.
 */
export function fillPathTemplate(template: PathTemplate, segments: readonly string[]): string {
  const parts: string[] = [];
  for (const piece of template) {
    if (typeof piece === "string") parts.push(piece);
    else if (piece.rest) parts.push(...segments.slice(piece.index).map(encodeURIComponent));
    else parts.push(encodeURIComponent(segments[piece.index] as string));
  }
  return `/${parts.join("/")}`;
}
