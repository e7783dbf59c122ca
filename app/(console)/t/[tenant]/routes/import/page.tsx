import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { listFunctions } from "#lib/gateways/queries.ts";
import { ImportView } from "./import-view.tsx";

export const metadata: Metadata = { title: "Import routes" };

export default async function ImportRoutesPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const actor = await requireTenantActor(tenant);
  const functions = await listFunctions(actor, undefined);
  return (
    <ImportView tenant={tenant} role={actor.tenant.role} functions={functions.map(({ name }) => name)} />
  );
}
