import type { Metadata } from "next";
import { PersonFrame } from "#components/shell/person-frame.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { requireActor } from "#lib/access/current-actor.ts";
import { readAccount } from "#lib/account/queries.ts";
import { type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { env } from "#lib/env.ts";
import { listMyProviders } from "#lib/identities/queries.ts";
import { safeReturnPath } from "#lib/paths.ts";
import { getSecondFactors } from "#lib/second-factors/queries.ts";
import { ActivitySection } from "./activity-section.tsx";
import { PasskeysSection } from "./passkeys-section.tsx";
import { PasswordSection } from "./password-section.tsx";
import { PersonalTokens } from "./personal-tokens.tsx";
import { ProfileSection } from "./profile-section.tsx";
import { ProvidersSection } from "./providers-section.tsx";
import { SessionsSection } from "./sessions-section.tsx";
import { TwoFactorSection } from "./two-factor-section.tsx";

export const metadata: Metadata = { title: "Your account" };

/** The settings of a person: what they are called, how they sign in, where they are signed in, what happened. */
export default async function AccountPage({ searchParams }: { searchParams: PageSearch }) {
  const actor = await requireActor();
  const { returnTo } = await pageInput(searchParams, ["returnTo"]);
  const [account, factors, providers] = await Promise.all([
    readAccount(actor),
    getSecondFactors(actor),
    listMyProviders(actor),
  ]);
  return (
    <PersonFrame>
      <PageHeader title="Your account" description={account.email} />
      <ProfileSection initial={account} />
      <PasswordSection initial={account} />
      <TwoFactorSection
        initial={factors}
        email={account.email}
        goOn={returnTo ? safeReturnPath(returnTo) : null}
      />
      <PasskeysSection initial={factors} email={account.email} />
      <ProvidersSection initial={providers} />
      <SessionsSection providers={providers.providers} />
      <PersonalTokens origin={env.consoleUrl} />
      <ActivitySection />
    </PersonFrame>
  );
}
