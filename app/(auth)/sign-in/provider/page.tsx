import type { Metadata } from "next";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { ProviderButtons } from "#components/shell/provider-buttons.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { currentActor } from "#lib/access/current-actor.ts";
import { type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { isUuid } from "#lib/contract/uuid.ts";
import { listProviders } from "#lib/identities/queries.ts";
import { PROBLEMS, problemWords } from "#lib/identities/rules.ts";
import { paths } from "#lib/paths.ts";

export const metadata: Metadata = { title: "Sign in" };

/** What a visit to an identity provider came to when it did not lead where it was meant to, and what to do. */
export default async function ProviderProblemPage({ searchParams }: { searchParams: PageSearch }) {
  const given = await pageInput(searchParams, ["problem", "provider", "about", "request"]);
  const actor = await currentActor();
  const problem = PROBLEMS.find((each) => each === given.problem) ?? "expired";
  const provider = listProviders().find(({ name }) => name === given.provider);
  const { title, text } = problemWords(problem, provider?.label ?? "the provider");
  const confirming = given.about === "confirm";
  const again = !actor && provider && problem !== "disabled";
  return (
    <PlainPage title={title} lead={text}>
      {confirming ? (
        <p>Close this window, and choose another way in the page that asked.</p>
      ) : (
        <div className="space-y-2">
          {again ? <ProviderButtons providers={[provider]} returnTo={paths.home()} /> : null}
          {actor ? (
            <LinkButton className="w-full" variant="primary" href={paths.account("providers")}>
              Go to your account
            </LinkButton>
          ) : (
            <LinkButton className="w-full" href={paths.signIn()}>
              Choose another way to sign in
            </LinkButton>
          )}
          {actor ? (
            <LinkButton className="w-full" href={paths.home()}>
              Back to your tenants
            </LinkButton>
          ) : null}
        </div>
      )}
      {given.request && isUuid(given.request) ? (
        <p className="mt-6 flex flex-wrap items-center gap-1 text-muted text-xs">
          For whoever runs this installation: request <CopyId value={given.request} label="request ID" />
        </p>
      ) : null}
    </PlainPage>
  );
}
