import type { Metadata } from "next";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { whyNot } from "#lib/access/permissions.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { env } from "#lib/env.ts";
import { listTokens } from "#lib/tokens/queries.ts";
import { TokensView } from "./tokens-view.tsx";

export const metadata: Metadata = { title: "Access tokens" };

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

export default async function TokensPage({ params, searchParams }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const refusal = whyNot(actor.tenant.role, "token.own");
  if (refusal) {
    return (
      <>
        <PageHeader title="Access tokens" />
        <EmptyState title="You have no tokens here" body={refusal} />
      </>
    );
  }
  const given = await pageInput(searchParams, ["cursor"]);
  const { cursor, page } = await fromCursor(given.cursor, (from) =>
    listTokens(actor, { tenantId: actor.tenant.id, limit: 25, cursor: from }),
  );
  return (
    <TokensView
      tenant={actor.tenant.slug}
      origin={env.consoleUrl}
      cursor={cursor ?? null}
      initial={{ data: page.data, nextCursor: page.next_cursor }}
    />
  );
}
