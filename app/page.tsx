import { redirect } from "next/navigation";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { requireActor } from "#lib/access/current-actor.ts";
import { paths } from "#lib/paths.ts";
import { listMyTenants } from "#lib/tenants/queries.ts";

/** The start: the first tenant of the person, or the way to one. */
export default async function Home() {
  const actor = await requireActor(paths.home());
  const [first] = (await listMyTenants(actor, { limit: 1 })).data;
  if (first) redirect(paths.overview(first.slug));
  return (
    <PlainPage
      title="You belong to no tenant yet"
      lead="Ask an owner or an admin to add you, or make a tenant of your own."
    >
      <LinkButton variant="primary" href={paths.newTenant()}>
        Make a tenant
      </LinkButton>
    </PlainPage>
  );
}
