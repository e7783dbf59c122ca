import type { ReactNode } from "react";
import { Shell } from "#components/shell/shell.tsx";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { listMyTenants } from "#lib/tenants/queries.ts";

type Props = { children: ReactNode; params: Promise<{ tenant: string }> };

/** Every page of a tenant: only for its members, inside the shell. */
export default async function TenantLayout({ children, params }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const { slug, name, role } = actor.tenant;
  const tenants = await listMyTenants(actor, { limit: 100 });
  return (
    <Shell
      tenant={{ slug, name, role }}
      tenants={tenants.data.map((one) => ({ slug: one.slug, name: one.name }))}
      person={{ name: actor.name, email: actor.email }}
    >
      {children}
    </Shell>
  );
}
