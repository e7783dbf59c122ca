"use client";
import { tryLine } from "#components/tokens/scope.ts";
import { fetchedWhenShown } from "#components/ui/fetched-ahead.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { AccountSection } from "./account-section.tsx";

// A list with its dialogs is most of a page's script, and stands at the end of this one.
const TokenPanel = fetchedWhenShown(
  () => import("#components/tokens/token-panel.tsx").then((module) => module.TokenPanel),
  <Skeleton className="h-20" />,
);

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
