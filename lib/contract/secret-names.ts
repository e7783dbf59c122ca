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

/** `name=value` inside a text. */
export const PAIR = /([A-Za-z0-9_.-]{1,80})=([^&;\s"',]+)/g;

/** `"name": value` inside a text: of JSON that something stands before, or whose end was cut off. */
export const JSON_PAIR =
  /"([A-Za-z0-9_.-]{1,80})"(\s{0,20}:\s{0,20})("(?:[^"\\]|\\.){0,4096}"?|[^\s,}\]"]{1,4096})/g;

/** A telling name, at least, as a regular expression that JavaScript and PostgreSQL read alike. */
export const SECRET_NAME = SECRET_PARTS.map((part) => [...part].join("[_.-]*")).join("|");

/**
 * Whether a member of this name is taken for a secret: masked for people, and never put into the index that payloads
 * are searched by. Both planes must agree, or a search would tell what the page hides.
 */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  return SECRET_PARTS.some((part) => plain.includes(part)) && !HARMLESS_ENDING.test(plain);
}
