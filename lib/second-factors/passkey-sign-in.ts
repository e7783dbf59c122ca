import { randomBytes } from "node:crypto";
import { cookieValue, sessionCookie } from "#lib/access/session-cookie.ts";
import { isUuid } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";
import { openSession } from "#lib/sign-in/sessions.ts";
import { countAttempt, takeBackAttempt } from "#lib/sign-in/throttle.ts";
import { CHALLENGE_MS } from "./challenge.ts";
import { takePasskey } from "./passkeys.ts";
import type { Assertion } from "./schema.ts";
import { authenticationOptions, type Ceremony, passkeyRefused, userIdOf } from "./webauthn.ts";

type Caller = { requestId: string; ip: string; headers: Headers };

const isSecure = () => env.consoleUrl.startsWith("https://");
/** `__Host-`: no other host, a subdomain's page among them, can have set it. */
const cookieName = () => (isSecure() ? "__Host-gatehouse.passkey" : "gatehouse.passkey");
const NONCE = /^[A-Za-z0-9_-]{22}$/;

/** What a browser is known by before anybody is signed in; null when it has not asked for a challenge. */
function nonceOf(headers: Headers): string | null {
  const value = cookieValue(headers.get("cookie"), cookieName());
  return value !== null && NONCE.test(value) ? value : null;
}

const signingIn = (nonce: string): Ceremony => ({ purpose: "sign-in", boundTo: nonce });

/**
 * What the browser signs in with, whichever passkeys it has, and the `Set-Cookie` that binds the challenge to it: an
 * answer that was given elsewhere signs nobody in here.
 */
export async function signInOptions({ headers }: Caller) {
  const nonce = nonceOf(headers) ?? randomBytes(16).toString("base64url");
  const options = await authenticationOptions(signingIn(nonce));
  const attributes = `Path=/; Max-Age=${CHALLENGE_MS / 1_000}; HttpOnly; SameSite=Strict${isSecure() ? "; Secure" : ""}`;
  return { options, cookie: `${cookieName()}=${nonce}; ${attributes}` };
}

/**
 * Signs in with a passkey alone: the device and the finger, face or PIN that it asked for are two factors. Gives the
 * `Set-Cookie` of the session. Throws `invalid_input`, the same whatever is wrong, and `too_many_requests`.
 */
export async function signInWithPasskey(caller: Caller, given: Assertion): Promise<string> {
  const address = { kind: "address", value: caller.ip } as const;
  const counted = await countAttempt(address);
  const nonce = nonceOf(caller.headers);
  const userId = userIdOf(given.userHandle);
  if (!nonce || !userId || !isUuid(userId)) throw passkeyRefused();
  const person = await database().user.findUnique({
    where: { id: userId },
    select: { email: true, name: true, disabledAt: true },
  });
  if (!person || person.disabledAt) throw passkeyRefused();
  const asking = { label: `${person.email} (passkey)`, requestId: caller.requestId, ip: caller.ip };
  await takePasskey({ userId, email: person.email, name: person.name }, given, signingIn(nonce), asking);
  await takeBackAttempt(address, counted);
  const from = { ip: caller.ip, userAgent: caller.headers.get("user-agent") ?? "" };
  const sessionId = await openSession({ userId, method: "passkey", secondFactor: "passkey", from });
  return sessionCookie(sessionId);
}
