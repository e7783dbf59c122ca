import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { requireActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { paths, queryString } from "#lib/paths.ts";
import { listMyTenants } from "#lib/tenants/queries.ts";
import { NewTenantForm } from "./new-tenant/new-tenant-form.tsx";
import { SignOutButton } from "./sign-out-button.tsx";
import { TenantList } from "./tenant-list.tsx";

export const metadata: Metadata = { title: "Your tenants" };

/** Where one starts: the only tenant at once, several to choose from, or the making of the first. */
export default async function HomePage({ searchParams }: { searchParams: PageSearch }) {
  const actor = await requireActor();
  const given = await pageInput(searchParams, ["cursor"]);
  const { cursor, page } = await fromCursor(given.cursor, (from) =>
    listMyTenants(actor, { limit: 50, cursor: from }),
  );
  const [only] = page.data;
  if (!only && cursor === undefined && actor.isOperator) redirect(paths.support());
  if (only && page.data.length === 1 && cursor === undefined) redirect(paths.overview(only.slug));
  if (!only && cursor === undefined) {
    return (
      <PlainPage
        title="Make your first tenant"
        lead="A tenant owns routes, keys and jobs, and nothing crosses from one to another. To join one that exists, ask its owner."
      >
        <NewTenantForm />
        <SignOutButton email={actor.email} />
      </PlainPage>
    );
  }
  return (
    <PlainPage title="Your tenants">
      <TenantList tenants={page.data} />
      <div className="mt-4 flex flex-wrap gap-2">
        <LinkButton href={paths.newTenant()}>New tenant</LinkButton>
        {actor.isOperator ? <LinkButton href={paths.support()}>Support desk</LinkButton> : null}
        {page.next_cursor ? (
          <LinkButton href={`${paths.home()}${queryString({ cursor: page.next_cursor })}`}>
            More tenants
          </LinkButton>
        ) : null}
      </div>
      <SignOutButton email={actor.email} />
    </PlainPage>
  );
}
