/** What a provider may be called in settings, addresses and sessions. */
export const PROVIDER_NAME = /^[a-z](?:-?[a-z0-9]){0,29}$/;

/** What a provider said of somebody, read from a token that was verified. */
export type Claims = {
  issuer: string;
  subject: string;
  /** In the form in which addresses are stored; null for none, or none that can be stored. */
  email: string | null;
  emailVerified: boolean;
  name: string | null;
  amr: readonly string[];
  acr: string | null;
  /** Seconds since 1970 at which the person proved to the provider who they are; null when it does not say. */
  authenticatedAt: number | null;
};

type Terms = {
  emailDomains: readonly string[];
  trustEmail: boolean;
  signUp: "nobody" | "invited" | "anybody";
  secondFactor: { amr: readonly string[]; acr: readonly string[] };
};

/** Why a visit to a provider did not lead where it was meant to. */
export const PROBLEMS = [
  "cancelled",
  "expired",
  "unreachable",
  "provider_error",
  "invalid_answer",
  "no_account",
  "disabled",
  "email_domain",
  "other_account",
  "linked_elsewhere",
  "too_many",
  "not_recent",
  "not_linked",
  "signed_out",
  "too_often",
  "unavailable",
] as const;
export type Problem = (typeof PROBLEMS)[number];

/** Whether the provider's word on the address counts: it is trusted with addresses, and vouches for this one. */
export const vouchedEmail = (terms: Pick<Terms, "trustEmail">, claims: Claims): string | null =>
  terms.trustEmail && claims.emailVerified ? claims.email : null;

/** Whether the provider says that a second factor was given, in the way the settings take as saying so. */
export function vouchesForSecondFactor(
  { secondFactor }: Pick<Terms, "secondFactor">,
  claims: Claims,
): boolean {
  return (
    claims.amr.some((method) => secondFactor.amr.includes(method)) ||
    (claims.acr !== null && secondFactor.acr.includes(claims.acr))
  );
}

/** Whether somebody with these claims may come at all, as far as the domain of their address decides it. */
export function domainAllowed({ emailDomains }: Pick<Terms, "emailDomains">, claims: Claims): boolean {
  if (emailDomains.length === 0) return true;
  const domain = claims.email?.slice(claims.email.lastIndexOf("@") + 1) ?? "";
  return claims.emailVerified && emailDomains.includes(domain);
}

export type Known = { userId: string; disabled: boolean };
export type Arrival =
  | { kind: "sign_in"; userId: string }
  | { kind: "link"; userId: string }
  | { kind: "create"; email: string }
  | { kind: "refuse"; problem: Problem };

/**
 * What becomes of somebody who comes from a provider to sign in. The identity decides; an address only where the
 * provider vouches for it, is trusted to, and our own account has proven it too, because whoever makes an account with
 * somebody else's address would otherwise be handed that person's identity.
 */
export function decideArrival(
  terms: Terms,
  claims: Claims,
  found: {
    linked: Known | null;
    /** The account with the claimed address, if there is one. */
    sameEmail: (Known & { emailVerified: boolean }) | null;
    invited: boolean;
  },
): Arrival {
  const refuse = (problem: Problem): Arrival => ({ kind: "refuse", problem });
  if (!domainAllowed(terms, claims)) return refuse("email_domain");
  if (found.linked) {
    return found.linked.disabled ? refuse("disabled") : { kind: "sign_in", userId: found.linked.userId };
  }
  const email = vouchedEmail(terms, claims);
  if (email === null) return refuse("no_account");
  if (found.sameEmail) {
    if (!found.sameEmail.emailVerified) return refuse("no_account");
    return found.sameEmail.disabled ? refuse("disabled") : { kind: "link", userId: found.sameEmail.userId };
  }
  const welcome = terms.signUp === "anybody" || (terms.signUp === "invited" && found.invited);
  return welcome ? { kind: "create", email } : refuse("no_account");
}

/** The provider's clock and ours need not agree to the second. */
const CLOCK_SECONDS = 60;

/** Whether the person proved themself to the provider on this visit, and not some time before it. */
export const provedSince = (claims: Claims, startedAt: number): boolean =>
  claims.authenticatedAt !== null && claims.authenticatedAt >= startedAt - CLOCK_SECONDS;

/** What the page says of a problem: what happened, and what to do. `label` is the provider's. */
export function problemWords(problem: Problem, label: string): { title: string; text: string } {
  const words: Record<Problem, { title: string; text: string }> = {
    cancelled: {
      title: "Signing in was cancelled",
      text: `${label} was told not to go on, so nothing was changed here. Try again, or choose another way.`,
    },
    expired: {
      title: "This visit has ended",
      text: "It took longer than 15 minutes, was used already, or began in another browser or tab. Begin once more here.",
    },
    unreachable: {
      title: `${label} cannot be reached`,
      text: "The console got no usable answer from it. Try again in a minute; if it stays so, tell whoever runs this installation.",
    },
    provider_error: {
      title: `${label} would not go on`,
      text: "It answered with an error of its own. Try again; if it stays so, whoever runs this installation has to look at how the console is registered there.",
    },
    invalid_answer: {
      title: `${label} gave an answer that cannot be trusted`,
      text: "What it sent did not pass the console's checks, so nobody was signed in. Try again; if it stays so, tell whoever runs this installation.",
    },
    no_account: {
      title: "No account belongs to this sign-in yet",
      text: `If you have an account, sign in to it another way and add ${label} on your account page. If you have none, ask somebody in your tenant for an invitation to the address that ${label} knows you by.`,
    },
    disabled: {
      title: "This account is disabled",
      text: "Whoever runs this installation can say why, and enable it again.",
    },
    email_domain: {
      title: "This account is not one of those let in",
      text: `Through ${label}, only people with a verified address of certain domains come in. Choose your work account there.`,
    },
    other_account: {
      title: "This belongs to somebody else",
      text: `You are signed in as one person, and ${label} named another. Sign out first, or choose your own account there.`,
    },
    linked_elsewhere: {
      title: "Already somebody else's",
      text: `This account of ${label} signs in to another account here. Remove it there first.`,
    },
    too_many: {
      title: "No more can be added",
      text: "An account takes up to 10 sign-in providers. Remove one that you no longer use.",
    },
    not_recent: {
      title: "It could not be confirmed that it is you",
      text: `${label} did not ask you to prove it again just now, or does not say when you did. Confirm in another way.`,
    },
    not_linked: {
      title: "It could not be confirmed that it is you",
      text: `This account of ${label} is not one of those with which you sign in here.`,
    },
    signed_out: {
      title: "You have been signed out meanwhile",
      text: "Sign in, and begin once more.",
    },
    too_often: {
      title: "Too many sign-ins from your address",
      text: "Wait a minute, and begin once more.",
    },
    unavailable: {
      title: "Signing in is not possible right now",
      text: "The APIs keep answering; try again in a minute.",
    },
  };
  return words[problem];
}
