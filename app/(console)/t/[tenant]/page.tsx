import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { getOpenAlerts } from "#lib/alerts/queries.ts";
import { env } from "#lib/env.ts";
import { listGateways } from "#lib/gateways/queries.ts";
import { getOverview } from "#lib/overview/queries.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { listRoutes } from "#lib/routes/queries.ts";
import { OverviewView } from "./overview-view.tsx";

export const metadata: Metadata = { title: "Overview" };

type Props = { params: Promise<{ tenant: string }> };

export default async function OverviewPage({ params }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const [overview, changes, gateways, routes, alerts] = await Promise.all([
    getOverview(actor, undefined),
    getChanges(actor, undefined),
    listGateways(actor, undefined),
    listRoutes(actor, { limit: 1 }),
    getOpenAlerts(actor, undefined),
  ]);
  const first = routes.data[0];
  return (
    <OverviewView
      tenant={actor.tenant}
      base={`${env.gatewayUrl}/gw/${actor.tenant.slug}`}
      firstRoute={first ? { method: first.method, path: first.path, auth: first.auth.mode } : null}
      initial={{ overview, changes, gateways, alerts }}
    />
  );
}
