import { isSecretName, PAIR } from "#lib/contract/secret-names.ts";

/** What stands for a value that may not be shown. */
export const MASK = "•••";

/** Nothing that a person can read is deeper, and what is must not overflow the stack. */
const MAX_DEPTH = 64;
/** Longer text is not searched for JSON. */
const MAX_PARSED_CHARACTERS = 1_000_000;

/** Text that is itself JSON, as a request's body is, is masked inside; `name=value` pairs are as well. */
function maskText(text: string, depth: number): string {
  if (/^\s*[[{]/.test(text) && text.length <= MAX_PARSED_CHARACTERS) {
    try {
      const parsed: unknown = JSON.parse(text);
      const { value, masked } = mask(parsed, depth + 1);
      return masked ? JSON.stringify(value) : text;
    } catch {
      // Not JSON after all; it is text like any other.
    }
  }
  return text.replace(PAIR, (pair, name: string) => (isSecretName(name) ? `${name}=${MASK}` : pair));
}

function mask(value: unknown, depth: number): { value: unknown; masked: boolean } {
  if (depth > MAX_DEPTH) return { value: MASK, masked: true };
  if (typeof value === "string") {
    const text = maskText(value, depth);
    return { value: text, masked: text !== value };
  }
  if (value === null || typeof value !== "object") return { value, masked: false };
  let masked = false;
  const inside = (member: unknown) => {
    const result = mask(member, depth + 1);
    masked ||= result.masked;
    return result.value;
  };
  if (Array.isArray(value)) return { value: value.map(inside), masked };
  const members = Object.entries(value).map(([name, member]): [string, unknown] => {
    if (!isSecretName(name) || member === null) return [name, inside(member)];
    masked = true;
    return [name, MASK];
  });
  return { value: Object.fromEntries(members), masked };
}

/** A copy of a JSON value in which the values of secret-looking members read "•••", and whether there were any. */
export const maskSecrets = (value: unknown): { value: unknown; masked: boolean } => mask(value, 0);
