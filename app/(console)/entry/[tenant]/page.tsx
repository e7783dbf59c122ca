import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { ProviderButtons } from "#components/shell/provider-buttons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { requireActor } from "#lib/access/current-actor.ts";
import { isUnmet, type Unmet } from "#lib/access/entry.ts";
import { type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { listProviders } from "#lib/identities/queries.ts";
import { paths, safeReturnPath } from "#lib/paths.ts";
import { demandsOn } from "#lib/policies/queries.ts";
import { factorsAtHand } from "#lib/second-factors/queries.ts";
import { enterTenant, listMyTenants } from "#lib/tenants/queries.ts";
import { SignOutButton } from "../../sign-out-button.tsx";
import { GiveFactor } from "./give-factor.tsx";

export const metadata: Metadata = { title: "One more thing" };

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

/** What a tenant asks of somebody who may enter it and has not got it yet, with the button that does it. */
export default async function EntryPage({ params, searchParams }: Props) {
  const { tenant: slug } = await params;
  const actor = await requireActor();
  const { returnTo: wanted } = await pageInput(searchParams, ["returnTo"]);
  const back = wanted ? safeReturnPath(wanted) : paths.overview(slug);
  let unmet: Unmet;
  try {
    await enterTenant(actor, slug);
    return redirect(back);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (!isUnmet(error.code)) notFound();
    unmet = error.code;
  }
  const asked = await demandsOn(actor, slug);
  const name = asked?.name ?? slug;
  // Whoever belongs to this one alone would be led from the list straight back here.
  const { data: mine } = await listMyTenants(actor, { limit: 2, cursor: undefined, q: undefined });
  const others = (
    <>
      {mine.length > 1 ? (
        <div className="mt-6 border-t pt-4">
          <LinkButton className="w-full" href={paths.home()}>
            Back to your tenants
          </LinkButton>
        </div>
      ) : null}
      <SignOutButton email={actor.email} />
    </>
  );
  if (unmet === "sso_required") {
    const usable = listProviders().filter(({ name: provider }) => asked?.ssoProviders.includes(provider));
    return (
      <PlainPage
        title={`${name} lets in through ${usable.map(({ label }) => label).join(" or ") || "its identity provider"} only`}
        lead="An owner of this tenant decided so. Sign in through it, as yourself, and you are taken there."
      >
        {usable.length > 0 ? (
          <ProviderButtons providers={usable} returnTo={back} primary />
        ) : (
          <Notice tone="bad" title="The provider is no longer set up here.">
            Whoever runs this installation has to bring it back; docs/failure-modes.md says how.
          </Notice>
        )}
        {others}
      </PlainPage>
    );
  }
  const has = await factorsAtHand(actor.userId);
  const any = has.passkey || has.totp;
  return (
    <PlainPage
      title={`${name} asks for a second factor`}
      lead={
        any
          ? "You have one, and have not given it in this session yet."
          : "An owner of this tenant decided so. Set up an authenticator app or a passkey; it takes a minute."
      }
    >
      {any ? (
        <GiveFactor has={has} returnTo={back} />
      ) : (
        <LinkButton
          className="w-full"
          variant="primary"
          href={paths.account("two-factor", paths.entry(slug, wanted))}
        >
          Set up a second factor
        </LinkButton>
      )}
      {others}
    </PlainPage>
  );
}
