/** What stands for a value that may not be shown. */
export const MASK = "•••";

/** Parts of member names, in lower case without separators, whose values are secrets more often than not. */
const SECRET_PARTS = [
  "password",
  "passwd",
  "passphrase",
  "pwd",
  "secret",
  "token",
  "authorization",
  "apikey",
  "accesskey",
  "privatekey",
  "signingkey",
  "encryptionkey",
  "credential",
  "cookie",
  "sessionid",
  "otp",
  "cardnumber",
  "cvv",
  "cvc",
  "iban",
  "ssn",
];
/** Endings that say something about a secret without being it; a session's id is the secret itself. */
const HARMLESS_ENDING = /(?<!session)ids?$|(type|count|expires(at|in)?|expiry)$/;
/** Nothing that a person can read is deeper, and what is must not overflow the stack. */
const MAX_DEPTH = 64;
/** Longer text is not searched for JSON. */
const MAX_PARSED_CHARACTERS = 1_000_000;
const PAIR = /([A-Za-z0-9_.-]{1,80})=([^&;\s"',]{1,4096})/g;

/** Whether a member of this name is taken for a secret. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  return SECRET_PARTS.some((part) => plain.includes(part)) && !HARMLESS_ENDING.test(plain);
}

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
