import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { listFunctions } from "#lib/gateways/queries.ts";
import { listEndpoints } from "#lib/webhooks/queries.ts";
import { WebhooksView } from "./webhooks-view.tsx";

export const metadata: Metadata = { title: "Webhooks" };

type Props = { params: Promise<{ tenant: string }> };

export default async function WebhooksPage({ params }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  // A tenant has fewer endpoints than a page holds.
  const [page, functions] = await Promise.all([
    listEndpoints(actor, { limit: 100 }),
    listFunctions(actor, undefined),
  ]);
  return (
    <WebhooksView
      tenant={actor.tenant.slug}
      role={actor.tenant.role}
      functions={functions.map(({ name }) => name)}
      initial={page.data}
    />
  );
}
