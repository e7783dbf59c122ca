import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { listIssuers } from "#lib/issuers/queries.ts";
import { IssuersView } from "./issuers-view.tsx";

export const metadata: Metadata = { title: "Issuers" };

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

export default async function IssuersPage({ params, searchParams }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const given = await pageInput(searchParams, ["cursor"]);
  const { cursor, page } = await fromCursor(given.cursor, (from) =>
    listIssuers(actor, { limit: 25, cursor: from }),
  );
  return (
    <IssuersView
      tenant={actor.tenant.slug}
      role={actor.tenant.role}
      cursor={cursor ?? null}
      initial={{ data: page.data, nextCursor: page.next_cursor }}
    />
  );
}
