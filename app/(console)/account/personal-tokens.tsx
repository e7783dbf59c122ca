"use client";
import { tryLine } from "#components/tokens/scope.ts";
import { TokenPanel } from "#components/tokens/token-panel.tsx";
import { AccountSection } from "./account-section.tsx";

/** The person's tokens that are bound to no tenant. */
export function PersonalTokens({ origin }: { origin: string }) {
  return (
    <AccountSection
      id="tokens"
      title="Access tokens"
      description="For scripts of your own, in every tenant of yours. For one tenant only, make one on that tenant's page."
    >
      <TokenPanel
        scope={{
          path: "/me/tokens",
          kind: "own",
          role: null,
          curl: tryLine(origin, "/me"),
        }}
        empty={{
          title: "You have no personal access token",
          body: "A token lets a script do what you may do, or less. It is shown once and expires.",
        }}
      />
    </AccountSection>
  );
}
