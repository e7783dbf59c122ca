import type { BrowserSession } from "#lib/account/schema.ts";

const FACTORS = {
  totp: "an authenticator app",
  recovery: "a recovery code",
  passkey: "a passkey",
  provider: "the provider’s second factor",
};

/** What a provider is called here; its own name when it is not set up any more. */
export type ProviderLabels = readonly { name: string; label: string }[];

/** With what somebody signed in: "with a password and an authenticator app". */
export function signInWords(
  { method, provider, secondFactor }: Pick<BrowserSession, "method" | "provider" | "secondFactor">,
  labels: ProviderLabels,
): string {
  if (method === "passkey") return "with a passkey";
  const first =
    method === "password"
      ? "a password"
      : (labels.find(({ name }) => name === provider)?.label ?? provider ?? "an identity provider");
  return secondFactor ? `with ${first} and ${FACTORS[secondFactor]}` : `with ${first}`;
}
