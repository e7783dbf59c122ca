import { DomainError } from "#lib/errors/domain-error.ts";
import type { Actor, Proof } from "./actor.ts";

/** What a tenant asks of everybody who enters it. */
export type EntryPolicy = {
  requireTwoFactor: boolean;
  onlySso: boolean;
  /** The identity providers through which one may come where `onlySso` is on. */
  ssoProviders: readonly string[];
};

/** The demand that a proof does not meet; named as the API's error codes are. */
export type Unmet = "two_factor_required" | "sso_required";

export const isUnmet = (code: string): code is Unmet =>
  code === "two_factor_required" || code === "sso_required";

type Entrant = Pick<Actor, "userId" | "proof">;

/**
 * What is missing of a proof for a tenant; null when it may enter. A session must itself have been opened through one
 * of the providers, and with a second factor. A person's token stands for what is known of it: it was made for this
 * tenant in a session through one of the providers, and its person has a second factor set up. A service token is the
 * tenant's own: whoever made it had met the demands.
 */
export function unmetDemand(policy: EntryPolicy, tenantId: string, { userId, proof }: Entrant): Unmet | null {
  const { onlySso, requireTwoFactor, ssoProviders } = policy;
  if (userId === null) return null;
  const session = proof.type === "session";
  const provider = session
    ? proof.method === "oidc" && proof.provider
    : proof.tenantId === tenantId && proof.person?.provider;
  if (onlySso && !(provider && ssoProviders.includes(provider))) return "sso_required";
  const twoFactor = session ? proof.secondFactor !== null : proof.person?.hasSecondFactor;
  return requireTwoFactor && !twoFactor ? "two_factor_required" : null;
}

const WORDS: Record<Unmet, Record<Proof["type"], string>> = {
  two_factor_required: {
    session: "This tenant asks for a second factor. Set one up, or sign in again and give it.",
    token:
      "This tenant asks for a second factor. Access tokens work here once their person has set one up in the console.",
  },
  sso_required: {
    session: "This tenant lets in only who signs in through its identity provider.",
    token:
      "This tenant takes only access tokens that were made for it in a session of its identity provider. Sign in through it, and make a new one.",
  },
};

/** Throws `two_factor_required` or `sso_required` (403) unless the proof meets what the tenant asks. */
export function assertMeets(policy: EntryPolicy, tenantId: string, entrant: Entrant): void {
  const unmet = unmetDemand(policy, tenantId, entrant);
  if (unmet) throw new DomainError(unmet, WORDS[unmet][entrant.proof.type]);
}
