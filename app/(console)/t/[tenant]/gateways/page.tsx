import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { listGateways } from "#lib/gateways/queries.ts";
import { GatewaysView } from "./gateways-view.tsx";

export const metadata: Metadata = { title: "Gateways" };

type Props = { params: Promise<{ tenant: string }> };

export default async function GatewaysPage({ params }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  return <GatewaysView tenant={actor.tenant.slug} initial={await listGateways(actor, undefined)} />;
}
