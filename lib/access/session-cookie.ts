import { decode, encode } from "next-auth/jwt";
import { isUuid } from "#lib/contract/uuid.ts";
import { env } from "#lib/env.ts";

export const SESSION_SECONDS = 30 * 86_400;

/**
 * The name of a cookie of ours. `__Host-`, which needs TLS, makes the browser hold us to it: set over TLS, for this host
 * alone and all of its paths. Nobody on a neighbouring host, or in between, can put another one in its place.
 */
export const cookieName = (name: string, secure: boolean): string => (secure ? `__Host-${name}` : name);

export const sessionCookieName = (secure: boolean): string => cookieName("gatehouse.session", secure);

/** The value of a cookie that a request carries; null when it does not. */
export function cookieValue(header: string | null, name: string): string | null {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/** The id of the session row that a request's cookie names; null for no cookie, or one that was not made here. */
export async function sessionIdOf(headers: Headers): Promise<string | null> {
  const name = sessionCookieName(env.consoleUrl.startsWith("https://"));
  const token = cookieValue(headers.get("cookie"), name);
  if (!token || token.length > 4_096) return null;
  try {
    const claims = await decode({ token, secret: env.secret });
    return typeof claims?.sid === "string" && isUuid(claims.sid) ? claims.sid : null;
  } catch {
    return null; // tampered with, expired, or signed with a secret that has been changed since
  }
}

/** The `Set-Cookie` that makes a browser the session's, as next-auth writes it after a password. */
export async function sessionCookie(sessionId: string): Promise<string> {
  const secure = env.consoleUrl.startsWith("https://");
  const token = await encode({ token: { sid: sessionId }, secret: env.secret, maxAge: SESSION_SECONDS });
  const attributes = `Path=/; Max-Age=${SESSION_SECONDS}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  return `${sessionCookieName(secure)}=${token}; ${attributes}`;
}
