import { readCutJson } from "./cut-json.ts";
import { isSecretName, JSON_PAIR, MASK, PAIR } from "./secret-names.ts";
import { hideInProse, MAY_HIDE } from "./secret-text.ts";

export { MASK };

/** Nothing that a person can read is deeper, and what is must not overflow the stack. */
const MAX_DEPTH = 64;
/** Longer text is not searched for JSON; no body of a request is longer. */
const MAX_PARSED_CHARACTERS = 17_000_000;

type Masked = { value: unknown; masked: boolean };

/** What a tenant's own rules hide: values at a path, and those of a name in a text (`name=value`). */
type Hidden = { at: RegExp | null; names: ReadonlySet<string> };

/** Masks what people see of a tenant's jobs. Each gives a copy, and whether anything in it was replaced. */
export type Masker = {
  /** A payload, and what is sent on from step to step of it. */
  input(value: unknown): Masked;
  /** What a handler returned. */
  result(value: unknown): Masked;
  /** A message, a stack, a line of a log. */
  text(text: string): string;
};

const quoted = (name: string) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * A rule as a regular expression over a path in lower case, for this code and for PostgreSQL. It fits the path and
 * whatever lies below it: what hides an object hides its members.
 */
export function patternOfRule(path: string): string {
  const parts = path
    .toLowerCase()
    .replace(/^input\./, "")
    .split(".");
  let pattern = "";
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === "**") pattern += last ? ".+" : "(?:[^.]+[.])*";
    else pattern += `${part === "*" ? "[^.]+" : quoted(part)}${last ? "" : "[.]"}`;
  }
  return `^${pattern}(?:[.].*)?$`;
}

/** The pattern that a search of payloads is held against; a rule for results never fits one. */
export const searchPatternOfRule = (path: string): string =>
  /^result\./i.test(path) ? "^$" : patternOfRule(path);

function hiddenBy(rules: readonly string[], names: ReadonlySet<string>): Hidden {
  return { at: rules.length > 0 ? new RegExp(rules.map(patternOfRule).join("|")) : null, names };
}

/** The masks of one tenant: telling names, as everywhere, and its own rules by path. */
export function maskerOf(rules: readonly string[]): Masker {
  const names = new Set(
    rules.flatMap((rule) => {
      const last = rule.toLowerCase().split(".").at(-1) ?? "*";
      return last.startsWith("*") ? [] : [last];
    }),
  );
  const of = (kind: "input" | "result") => {
    const other = kind === "input" ? "result." : "input.";
    const own = rules
      .map((rule) => rule.toLowerCase())
      .filter((rule) => !rule.startsWith(other))
      .map((rule) => (rule.startsWith(`${kind}.`) ? rule.slice(kind.length + 1) : rule));
    const hidden = hiddenBy(own, names);
    return (value: unknown) => mask(value, hidden, "", 0);
  };
  const hidden = hiddenBy([], names);
  const result = of("result");
  return {
    input: of("input"),
    result: (value) => (isCut(value) ? maskedCut(value, result) : result(value)),
    text: (text) => maskText(text, hidden, "", 0),
  };
}

type CutResult = { $truncated: true; bytes: number; preview: string };

/** Whether this stands for a result that was too large to be stored. */
const isCut = (value: unknown): value is CutResult =>
  typeof value === "object" &&
  value !== null &&
  "$truncated" in value &&
  "preview" in value &&
  typeof value.preview === "string";

/** The beginning of a result is masked as the whole would be: its paths are the result's own. */
function maskedCut(cut: CutResult, result: Masker["result"]): Masked {
  const read = readCutJson(cut.preview);
  const seen = read ? result(read.value) : result(cut.preview);
  if (!seen.masked) return { value: cut, masked: false };
  const preview = read ? `${JSON.stringify(seen.value)}…` : seen.value;
  return { value: { ...cut, preview }, masked: true };
}

/** Text that is itself JSON, as a request's body is, is masked inside; in other text, what its names and forms tell. */
function maskText(text: string, hidden: Hidden, path: string, depth: number): string {
  // Neither JSON nor a pair nor a token: most lines of a log.
  if (!MAY_HIDE.test(text)) return text;
  if (/^\s*[[{]/.test(text) && text.length <= MAX_PARSED_CHARACTERS) {
    try {
      const { value, masked } = mask(JSON.parse(text), hidden, path, depth + 1);
      return masked ? JSON.stringify(value) : text;
    } catch {
      const cut = readCutJson(text);
      const seen = cut && mask(cut.value, hidden, path, depth + 1);
      if (seen?.masked) return `${JSON.stringify(seen.value)}…`;
      // Not JSON after all; it is text like any other.
    }
  }
  const hides = (name: string) =>
    isSecretName(name) || hidden.names.has(name.slice(name.lastIndexOf(".") + 1).toLowerCase());
  const paired = text
    .replace(PAIR, (pair, name: string) => (hides(name) ? `${name}=${MASK}` : pair))
    .replace(JSON_PAIR, (pair, name: string, colon: string) =>
      hides(name) ? `"${name}"${colon}"${MASK}"` : pair,
    );
  return hideInProse(paired, hides);
}

function mask(value: unknown, hidden: Hidden, path: string, depth: number): Masked {
  if (depth > MAX_DEPTH) return { value: MASK, masked: true };
  if (typeof value === "string") {
    const text = maskText(value, hidden, path, depth);
    return { value: text, masked: text !== value };
  }
  if (value === null || typeof value !== "object") return { value, masked: false };
  let masked = false;
  const inside = (member: unknown, at: string) => {
    const result = mask(member, hidden, at, depth + 1);
    masked ||= result.masked;
    return result.value;
  };
  // An element stands at its list's own path.
  if (Array.isArray(value)) return { value: value.map((element) => inside(element, path)), masked };
  const members = Object.entries(value).map(([name, member]): [string, unknown] => {
    const at = hidden.at ? `${path === "" ? "" : `${path}.`}${name.toLowerCase()}` : "";
    if (member === null || !(isSecretName(name) || hidden.at?.test(at))) return [name, inside(member, at)];
    masked = true;
    return [name, MASK];
  });
  return { value: Object.fromEntries(members), masked };
}

/** A copy of a JSON value in which the values of secret-looking members read "•••", and whether there were any. */
export const maskSecrets: (value: unknown) => Masked = maskerOf([]).input;
