import { MAX_SECRET_BYTES, MIN_SECRET_BYTES } from "#lib/contract/issuer.ts";

/** More than any tenant needs, and few enough to look through for every new token. */
export const MAX_ISSUERS = 20;

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** The bytes that a shared secret stands for; null when it is not in that encoding. */
export function secretBytes(secret: string, encoding: "text" | "base64"): Uint8Array | null {
  if (encoding === "text") return secret.isWellFormed() ? new TextEncoder().encode(secret) : null;
  if (!BASE64.test(secret)) return null;
  try {
    const binary = atob(secret.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, ""));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/** Why a shared secret cannot be used; null when it can. Never quotes it. */
export function secretProblem(secret: string, encoding: "text" | "base64"): string | null {
  const bytes = secretBytes(secret, encoding);
  if (!bytes) return encoding === "base64" ? "is not base64" : "is not text";
  if (bytes.length < MIN_SECRET_BYTES)
    return `needs at least ${MIN_SECRET_BYTES} bytes; shorter ones can be guessed`;
  return bytes.length > MAX_SECRET_BYTES ? `is longer than ${MAX_SECRET_BYTES} bytes` : null;
}

/** What becomes of callers when an issuer goes or is switched off, in words for the question before it. */
export function lossOf(
  issuer: { name: string },
  { live, draft }: { live: number; draft: number },
  others: number,
): string {
  if (live === 0) {
    return draft === 0
      ? "No route asks for a bearer token, so no caller loses anything."
      : "No live route asks for a bearer token, so no caller loses anything yet; routes of the draft do.";
  }
  const routes = live === 1 ? "1 live route asks" : `${live} live routes ask`;
  const rest =
    others === 0
      ? "No other issuer is left, so nobody gets in there."
      : "Tokens of other issuers still work.";
  return `${routes} for a bearer token. Callers with a token of ${issuer.name} are refused from now on. ${rest}`;
}
