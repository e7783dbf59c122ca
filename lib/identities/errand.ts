import { decode, encode } from "next-auth/jwt";
import { cookieName } from "#lib/access/session-cookie.ts";
import { env } from "#lib/env.ts";
import type { ErrandPurpose } from "./schema.ts";

/** As long as next-auth lets a visit to a provider last. */
export const ERRAND_SECONDS = 900;
const TICKET_SECONDS = 300;

/** What somebody was sent to a provider for. It comes back in a cookie of the same browser, and is bound to the visit. */
export type Errand = {
  /** `sign_in` by somebody who is signed in already (`enter`) replaces that session, and must be of the same person. */
  purpose: "sign_in" | "enter" | ErrandPurpose;
  provider: string;
  /** The visit's own random value, which the provider sends back: an errand is good for one visit. */
  state: string;
  /** Seconds since 1970. */
  startedAt: number;
  /** An address of this console. */
  returnTo: string;
  /** The session in which it began; null when nobody was signed in. */
  sessionId: string | null;
};

/** Leave to go on an errand that changes something, given to a session on purpose. */
export type Ticket = { purpose: ErrandPurpose; provider: string; sessionId: string };

export const errandCookieName = (secure: boolean): string => cookieName("gatehouse.errand", secure);

const ERRAND_SALT = "gatehouse errand";
const TICKET_SALT = "gatehouse errand ticket";

const seal = (token: Record<string, unknown>, salt: string, maxAge: number) =>
  encode({ token, salt, maxAge, secret: env.secret });

async function open<Sealed>(sealed: string | undefined, salt: string): Promise<Sealed | null> {
  if (!sealed || sealed.length > 4_096) return null;
  try {
    return (await decode({ token: sealed, salt, secret: env.secret })) as Sealed | null;
  } catch {
    return null; // changed, expired, or sealed with another secret
  }
}

export const sealErrand = (errand: Errand) => seal(errand, ERRAND_SALT, ERRAND_SECONDS);
export const openErrand = (sealed: string | undefined) => open<Errand>(sealed, ERRAND_SALT);
export const sealTicket = (ticket: Ticket) => seal(ticket, TICKET_SALT, TICKET_SECONDS);
export const openTicket = (sealed: string | undefined) => open<Ticket>(sealed, TICKET_SALT);
