import type { Claims } from "./bearer.ts";

export const MAX_TOKEN_LENGTH = 8_192;
const MAX_HEADER_LENGTH = 2_048;
const THREE_PARTS = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const ALGORITHM = /^[A-Za-z0-9-]{1,32}$/;
/** Printable, so that it is safe to compare and to show. */
const KEY_ID = /^[\x20-\x7e]{1,256}$/;
/** Headers by which a token would choose its own keys or change how it is read. */
const REFUSED_HEADERS = ["jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"];

export type TokenHeader = { alg: string; kid: string | undefined };
export type ParsedToken = { ok: true; header: TokenHeader; claims: Claims } | { ok: false; message: string };

/** Whether the bits that the last character has too many are zero, so that bytes have one spelling only. */
function isCanonical(part: string): boolean {
  const rest = part.length % 4;
  if (rest === 0) return true;
  if (rest === 1) return false;
  const last = ALPHABET.indexOf(part.at(-1) as string);
  return (last & (rest === 2 ? 0b1111 : 0b11)) === 0;
}

function jsonObject(part: string): Record<string, unknown> | null {
  try {
    const binary = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const value: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

const wrong = (message: string): ParsedToken => ({ ok: false, message });

/**
 * Reads a signed JWT as strictly as RFC 7515 writes it: three parts of base64url without padding or white space, each
 * in its one spelling, and a header that neither brings keys nor asks to be read differently. Says nothing about who
 * signed it. The messages quote nothing of the token.
 */
export function parseToken(token: string): ParsedToken {
  if (token.length > MAX_TOKEN_LENGTH) return wrong("The token is too long.");
  const parts = THREE_PARTS.exec(token);
  if (!parts) return wrong("The token is not a signed JWT.");
  const [, head = "", body = "", signature = ""] = parts;
  if (!isCanonical(head) || !isCanonical(body) || !isCanonical(signature)) {
    return wrong("The token is not a signed JWT.");
  }
  const header = head.length <= MAX_HEADER_LENGTH ? jsonObject(head) : null;
  const claims = jsonObject(body);
  if (!header || !claims) return wrong("The token is not a signed JWT.");
  const { alg, kid, typ } = header;
  if (REFUSED_HEADERS.some((name) => Object.hasOwn(header, name))) {
    return wrong("The token's header has a member that is not accepted.");
  }
  if (typeof alg !== "string" || !ALGORITHM.test(alg) || alg.toLowerCase() === "none") {
    return wrong("The token is not signed with an accepted algorithm.");
  }
  if (kid !== undefined && (typeof kid !== "string" || !KEY_ID.test(kid))) {
    return wrong("The token's key ID is malformed.");
  }
  if (!isAccessTokenType(typ)) return wrong("The token is of another type than an access token.");
  return { ok: true, header: { alg, kid }, claims };
}

/** A token that was made for something else (`logout+jwt`, `dpop+jwt`) is no access token (RFC 8725, section 3.11). */
function isAccessTokenType(typ: unknown): boolean {
  if (typ === undefined) return true;
  if (typeof typ !== "string") return false;
  const type = typ.toLowerCase().replace(/^application\//, "");
  return !type.endsWith("+jwt") || type === "at+jwt";
}
