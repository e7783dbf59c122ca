/** One segment of a path pattern; `rest` swallows the remaining segments and can only come last. */
export type PatternSegment =
  | { kind: "literal"; value: string }
  | { kind: "parameter"; name: string }
  | { kind: "rest"; name: string; min: 0 | 1 };

export type ParsedPattern = { segments: PatternSegment[] };
export type PatternResult = { ok: true; pattern: ParsedPattern } | { ok: false; message: string };
export type RequestPathResult = { ok: true; segments: string[] } | { ok: false; message: string };

export const MAX_PATH_LENGTH = 1_024;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** Names that would reach an object's prototype when parameters are handed over as a plain object. */
const RESERVED_NAMES = new Set(["__proto__", "constructor", "prototype"]);
/** The name under which an unnamed rest arrives, as API gateways have it. */
const REST_NAME = "proxy";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Letters, digits and a few more: nothing to decode or to refuse. No segment begins with a dot. */
const PLAIN_PATH = /^(?:\/(?!\.)[A-Za-z0-9._~-]*)*$/;

function decode(segment: string): string | null {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null; // a stray % or bytes that are not UTF-8
  }
}

function parseSegment(text: string, isLast: boolean): PatternSegment[] | string {
  if (text === "") return "has an empty segment (// or a trailing /)";
  if (text === "*" || text === "**") {
    return isLast ? [{ kind: "rest", name: REST_NAME, min: 0 }] : `'${text}' may only be the last segment`;
  }
  if (text === "+") {
    return isLast ? [{ kind: "rest", name: REST_NAME, min: 1 }] : "'+' may only be the last segment";
  }
  const named = text.startsWith(":") ? text.slice(1) : /^\{(.*)\}$/s.exec(text)?.[1];
  if (named !== undefined) {
    const rest = !text.startsWith(":") && named.endsWith("+");
    const name = rest ? named.slice(0, -1) : named;
    if (!NAME.test(name) || RESERVED_NAMES.has(name)) {
      return `'${text}' is not a parameter: use :name or {name} with letters, digits and _`;
    }
    if (rest && !isLast) return `'${text}' may only be the last segment`;
    return [rest ? { kind: "rest", name, min: 1 } : { kind: "parameter", name }];
  }
  const glued = isLast && text.endsWith("*") ? text.replace(/\*{1,2}$/, "") : text;
  if (/[*{}?#\\\s]/.test(glued)) return `'${text}' has a character that a path segment cannot have`;
  const value = decode(glued);
  if (value === null) return `'${text}' is not valid percent-encoding`;
  if (CONTROL.test(value)) return "has a control character";
  if (!value.isWellFormed()) return "has half of a surrogate pair, which no request can carry";
  if (value === "." || value === "..") return "has a dot segment";
  const literal: PatternSegment = { kind: "literal", value };
  return glued === text ? [literal] : [literal, { kind: "rest", name: REST_NAME, min: 0 }];
}

/**
 * Parses a route's path pattern: literal segments, `:name` or `{name}`, and as the last segment `*` or `**` (zero
 * or more), `+` (one or more) or `{name+}`. `/a*` is `/a` and everything below it. Never throws; `message` says
 * what is wrong and reads well after "path ".
 */
export function parsePattern(path: string): PatternResult {
  if (!path.startsWith("/")) return { ok: false, message: "must start with /" };
  if (path.length > MAX_PATH_LENGTH)
    return { ok: false, message: `is longer than ${MAX_PATH_LENGTH} characters` };
  if (path === "/") return { ok: true, pattern: { segments: [] } };
  const texts = path.slice(1).split("/");
  const segments: PatternSegment[] = [];
  const names = new Set<string>();
  for (const [index, text] of texts.entries()) {
    const parsed = parseSegment(text, index === texts.length - 1);
    if (typeof parsed === "string") return { ok: false, message: parsed };
    for (const segment of parsed) {
      if (segment.kind !== "literal") {
        if (names.has(segment.name))
          return { ok: false, message: `uses the parameter '${segment.name}' twice` };
        names.add(segment.name);
      }
      segments.push(segment);
    }
  }
  return { ok: true, pattern: { segments } };
}

/**
 * Splits a request path (no query) into decoded segments. An encoded slash stays inside its segment. Refused: what
 * does not decode, control characters, raw backslashes, and dot segments, encoded or not, because an upstream
 * would resolve them and so reach a path that was never matched. Never throws.
 */
export function parseRequestPath(path: string): RequestPathResult {
  if (!path.startsWith("/")) return { ok: false, message: "The path must start with /." };
  if (path === "/") return { ok: true, segments: [] };
  if (path.includes("\\")) return { ok: false, message: "The path has a backslash." };
  const segments = path.slice(1).split("/");
  // Nearly every path is plain, and this runs for every request.
  if (PLAIN_PATH.test(path)) return { ok: true, segments };
  for (let i = 0; i < segments.length; i++) {
    const value = decode(segments[i] as string);
    if (value === null) return { ok: false, message: "The path is not valid percent-encoded UTF-8." };
    if (CONTROL.test(value)) return { ok: false, message: "The path has a control character." };
    if (value === "." || value === "..") return { ok: false, message: "The path has a dot segment." };
    segments[i] = value;
  }
  return { ok: true, segments };
}

/** What a pattern matches, whatever its parameters are called: equal shapes match exactly the same paths. */
export function patternShape(pattern: ParsedPattern): string {
  return pattern.segments
    .map((segment) => {
      if (segment.kind === "literal") return `/=${encodeURIComponent(segment.value)}`;
      if (segment.kind === "parameter") return "/:";
      return segment.min === 0 ? "/*" : "/+";
    })
    .join("");
}
