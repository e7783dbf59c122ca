import type { Metadata } from "next";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { requireActor } from "#lib/access/current-actor.ts";
import { paths } from "#lib/paths.ts";
import { listDeletedTenants, listMyTenants } from "#lib/tenants/queries.ts";
import { DeletedTenantList } from "./deleted-tenant-list.tsx";

export const metadata: Metadata = { title: "Recently deleted" };

/** The tenants that one owned, while they can be had back. */
export default async function DeletedTenantsPage() {
  const actor = await requireActor();
  const [deleted, others] = await Promise.all([
    listDeletedTenants(actor),
    listMyTenants(actor, { limit: 1 }),
  ]);
  return (
    <PlainPage
      title="Recently deleted"
      lead={
        deleted.length > 0
          ? "Nothing of these answers any more. For 7 days you can have each back as it was."
          : "No tenant that you owned was deleted within the last 7 days."
      }
    >
      <DeletedTenantList tenants={deleted} />
      <div className="mt-4">
        {others.data.length > 0 || deleted.length === 0 ? (
          <LinkButton href={paths.home()}>Go to your tenants</LinkButton>
        ) : (
          <LinkButton href={paths.newTenant()}>New tenant</LinkButton>
        )}
      </div>
    </PlainPage>
  );
}
