import type { ReactNode } from "react";
import { Shell } from "#components/shell/shell.tsx";
import { SupportNotice } from "#components/shell/support-notice.tsx";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { listSupportStays } from "#lib/support/queries.ts";
import { listDeletedTenants, listMyTenants } from "#lib/tenants/queries.ts";

type Props = { children: ReactNode; params: Promise<{ tenant: string }> };

/** Every page of a tenant: for its members, and for an operator while a support session is open, inside the shell. */
export default async function TenantLayout({ children, params }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const { slug, name, role } = actor.tenant;
  const [tenants, deleted, stays] = await Promise.all([
    listMyTenants(actor, { limit: 100 }),
    listDeletedTenants(actor),
    actor.via ? null : listSupportStays(actor, { state: "open", limit: 5 }),
  ]);
  return (
    <Shell
      tenant={{ slug, name, role }}
      tenants={tenants.data.map((one) => ({ slug: one.slug, name: one.name }))}
      deleted={deleted.length}
      person={{ name: actor.name, email: actor.email, operator: actor.isOperator }}
      support={actor.via ?? null}
      notice={stays ? <SupportNotice tenant={slug} initial={stays.data} /> : null}
    >
      {children}
    </Shell>
  );
}
