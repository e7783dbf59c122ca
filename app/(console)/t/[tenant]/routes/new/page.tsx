import type { Metadata } from "next";
import { PageHeader } from "#components/ui/page-header.tsx";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { env } from "#lib/env.ts";
import { listFunctions } from "#lib/gateways/queries.ts";
import { paths } from "#lib/paths.ts";
import { RouteForm } from "../route-form.tsx";

export const metadata: Metadata = { title: "Create route" };

export default async function NewRoutePage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const actor = await requireTenantActor(tenant);
  const functions = await listFunctions(actor, undefined);
  return (
    <>
      <PageHeader
        up={{ href: paths.routes(tenant), label: "Routes" }}
        title="Create route"
        description="A path and a target are enough. It is a draft until you publish."
      />
      <RouteForm
        tenant={tenant}
        role={actor.tenant.role}
        gatewayUrl={env.gatewayUrl}
        functions={functions.map(({ name }) => name)}
        route={null}
      />
    </>
  );
}
