import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { requireActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { line } from "#lib/contract/text.ts";
import { paths, queryString } from "#lib/paths.ts";
import { listDeletedTenants, listMyTenants } from "#lib/tenants/queries.ts";
import { NewTenantForm } from "./new-tenant/new-tenant-form.tsx";
import { SignOutButton } from "./sign-out-button.tsx";
import { TenantList } from "./tenant-list.tsx";
import { TenantSearch } from "./tenant-search.tsx";

export const metadata: Metadata = { title: "Your tenants" };

/** A list that does not fit a screen can be searched. */
const SEARCHED_FROM = 8;

/** Where one starts: the only tenant at once, several to choose from, or the making of the first. */
export default async function HomePage({ searchParams }: { searchParams: PageSearch }) {
  const actor = await requireActor();
  const given = await pageInput(searchParams, ["cursor", "q"]);
  // What cannot be searched for finds nothing, and shows the list.
  const q = line(1, 200).optional().catch(undefined).parse(given.q);
  const { cursor, page } = await fromCursor(given.cursor, (from) =>
    listMyTenants(actor, { limit: 50, cursor: from, q }),
  );
  const [only] = page.data;
  const whole = cursor === undefined && q === undefined;
  const deleted = await listDeletedTenants(actor);
  if (!only && whole && deleted.length > 0) redirect(paths.deletedTenants());
  if (!only && whole && actor.isOperator) redirect(paths.support());
  if (only && page.data.length === 1 && whole) redirect(paths.overview(only.slug));
  if (!only && whole) {
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
  const many = !whole || page.next_cursor !== null || page.data.length > SEARCHED_FROM;
  return (
    <PlainPage title="Your tenants">
      {many ? <TenantSearch /> : null}
      {only ? (
        <TenantList tenants={page.data} />
      ) : (
        <p className="py-6 text-muted">None of your tenants is called that. Clear the search to see all.</p>
      )}
      <div className="mt-4 flex flex-wrap gap-2">
        <LinkButton href={paths.newTenant()}>New tenant</LinkButton>
        {deleted.length > 0 ? (
          <LinkButton href={paths.deletedTenants()}>Recently deleted ({deleted.length})</LinkButton>
        ) : null}
        {actor.isOperator ? <LinkButton href={paths.support()}>Support desk</LinkButton> : null}
        {page.next_cursor ? (
          <LinkButton href={`${paths.home()}${queryString({ cursor: page.next_cursor, q })}`}>
            More tenants
          </LinkButton>
        ) : null}
      </div>
      <SignOutButton email={actor.email} />
    </PlainPage>
  );
}
