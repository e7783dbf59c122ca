import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { isUuid } from "#lib/contract/uuid.ts";
import { DELIVERY_STATES } from "#lib/contract/webhooks.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { listFunctions } from "#lib/gateways/queries.ts";
import { getEndpoint, listDeliveries } from "#lib/webhooks/queries.ts";
import { WebhookView } from "./webhook-view.tsx";

export const metadata: Metadata = { title: "Webhook" };

type Props = { params: Promise<{ tenant: string; id: string }>; searchParams: PageSearch };

export default async function WebhookPage({ params, searchParams }: Props) {
  const { tenant, id } = await params;
  const actor = await requireTenantActor(tenant);
  if (!isUuid(id)) notFound();
  const given = await pageInput(searchParams, ["cursor", "state"]);
  const state = DELIVERY_STATES.find((each) => each === given.state);
  const endpoint = await getEndpoint(actor, { id }).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  });
  const [{ cursor, page }, functions] = await Promise.all([
    fromCursor(given.cursor, (from) => listDeliveries(actor, { id, state, cursor: from, limit: 25 })),
    listFunctions(actor, undefined),
  ]);
  return (
    <WebhookView
      tenant={actor.tenant.slug}
      role={actor.tenant.role}
      functions={functions.map(({ name }) => name)}
      filters={{ state, cursor }}
      initial={{ endpoint, deliveries: { data: page.data, nextCursor: page.next_cursor } }}
    />
  );
}
