import type { Metadata } from "next";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { roleCan, whyNot } from "#lib/access/permissions.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { env } from "#lib/env.ts";
import { listServiceTokens, listTokens } from "#lib/tokens/queries.ts";
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
  const given = await pageInput(searchParams, ["cursor", "of"]);
  const whose = given.of === "service" ? "service" : "mine";
  const sees = whose === "mine" || roleCan(actor.tenant.role, "token.manage");
  const read = (cursor: string | undefined) =>
    whose === "mine"
      ? listTokens(actor, { tenantId: actor.tenant.id, limit: 25, cursor })
      : listServiceTokens(actor, { limit: 25, cursor });
  const found = sees ? await fromCursor(given.cursor, read) : null;
  return (
    <TokensView
      tenant={{ slug: actor.tenant.slug, role: actor.tenant.role }}
      origin={env.consoleUrl}
      whose={whose}
      loaded={
        found && {
          cursor: found.cursor ?? null,
          page: { data: found.page.data, nextCursor: found.page.next_cursor },
          at: Date.now(),
        }
      }
    />
  );
}
