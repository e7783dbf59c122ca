import type { Demands } from "./schema.ts";

/** How the person who changes the demands is signed in. */
export type OwnProof = { method: string; provider: string | null; secondFactor: string | null };

/**
 * Why somebody cannot make these demands of a tenant; null when they can. Nobody locks themself out, and nothing is
 * asked that nobody could give. Less may always be asked.
 */
export function whyNotDemand(
  demands: Demands,
  before: Demands,
  own: OwnProof,
  configured: readonly { name: string; label: string }[],
): { path: keyof Demands; message: string } | null {
  const { requireTwoFactor, onlySso, ssoProviders } = demands;
  const known = (name: string) => configured.some((each) => each.name === name);
  const asksMoreOfSso =
    onlySso && !(before.onlySso && before.ssoProviders.every((name) => ssoProviders.includes(name)));
  if (asksMoreOfSso && configured.length === 0) {
    return {
      path: "onlySso",
      message:
        "This installation has no identity provider yet. Whoever runs it sets one up; docs/deployment.md says how.",
    };
  }
  if (onlySso && ssoProviders.length === 0) {
    return { path: "ssoProviders", message: "Choose at least one provider through which members come." };
  }
  // One that has been taken out of the settings may stay in a tenant's list, and is no new choice.
  const unknown = ssoProviders.find((name) => !before.ssoProviders.includes(name) && !known(name));
  if (unknown) {
    return { path: "ssoProviders", message: `${unknown} is not a provider of this installation.` };
  }
  if (asksMoreOfSso && !(own.method === "oidc" && own.provider && ssoProviders.includes(own.provider))) {
    const labels = configured.filter(({ name }) => ssoProviders.includes(name)).map(({ label }) => label);
    return {
      path: "onlySso",
      message: `It would lock you out: you are not signed in through ${labels.join(" or ") || "one of them"}. Sign in through it first.`,
    };
  }
  if (requireTwoFactor && !before.requireTwoFactor && own.secondFactor === null) {
    return {
      path: "requireTwoFactor",
      message:
        "It would lock you out: you have given no second factor in this session. Set one up on your account page first.",
    };
  }
  return null;
}

const people = (count: number) => (count === 1 ? "1 member" : `${count.toLocaleString("en")} members`);

/** Who is kept out, as one line for a list of them. */
export const lacksWords = (lacks: readonly ("second_factor" | "provider")[]): string =>
  lacks
    .map((what) => (what === "second_factor" ? "no second factor" : "no account at the provider"))
    .join(", ");

/** The blast radius of demands in words. */
export function previewWords({
  members,
  withoutSecondFactor,
  withoutProvider,
  tokens,
}: {
  members: number;
  withoutSecondFactor: number;
  withoutProvider: number;
  tokens: number;
}): string {
  const parts = [
    ...(withoutSecondFactor > 0
      ? [`${withoutSecondFactor.toLocaleString("en")} of ${people(members)} set up no second factor yet.`]
      : []),
    ...(withoutProvider > 0
      ? [
          `${withoutProvider.toLocaleString("en")} of ${people(members)} added none of these providers to their account yet.`,
        ]
      : []),
    ...(tokens > 0
      ? [
          `${tokens === 1 ? "1 access token stops" : `${tokens.toLocaleString("en")} access tokens stop`} working.`,
        ]
      : []),
  ];
  const nobody = members === 1 ? "You are the only member" : `All ${people(members)} have what it asks for`;
  return parts.join(" ") || `${nobody}.`;
}
