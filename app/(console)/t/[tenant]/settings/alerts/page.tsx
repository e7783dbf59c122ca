import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { getOpenAlerts, listAlertRules, listAlerts } from "#lib/alerts/queries.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { ALERT_EVENTS } from "#lib/contract/webhooks.ts";
import { listEndpoints } from "#lib/webhooks/queries.ts";
import { AlertsView } from "./alerts-view.tsx";

export const metadata: Metadata = { title: "Alerts" };

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

export default async function AlertsPage({ params, searchParams }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const given = await pageInput(searchParams, ["cursor"]);
  const [rules, open, endpoints, { cursor, page }] = await Promise.all([
    listAlertRules(actor, { limit: 100 }),
    getOpenAlerts(actor, undefined),
    listEndpoints(actor, { limit: 100 }),
    fromCursor(given.cursor, (from) => listAlerts(actor, { state: "resolved", cursor: from, limit: 25 })),
  ]);
  const told = endpoints.data.filter(({ events }) =>
    events.some((event) => (ALERT_EVENTS as readonly string[]).includes(event)),
  );
  return (
    <AlertsView
      tenant={actor.tenant.slug}
      role={actor.tenant.role}
      cursor={cursor ?? null}
      told={told}
      initial={{ rules: rules.data, open, past: { data: page.data, nextCursor: page.next_cursor } }}
    />
  );
}
