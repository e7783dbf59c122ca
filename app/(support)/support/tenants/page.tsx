import type { Metadata } from "next";
import { requireOperator } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { listAllTenants } from "#lib/support/queries.ts";
import { TenantsView } from "./tenants-view.tsx";

export const metadata: Metadata = { title: "Tenants" };

export default async function TenantsPage({ searchParams }: { searchParams: PageSearch }) {
  const actor = await requireOperator();
  const given = await pageInput(searchParams, ["q", "cursor"]);
  const q = given.q?.trim().slice(0, 200);
  const { page } = await fromCursor(given.cursor, (cursor) =>
    listAllTenants(actor, { q, limit: 50, cursor }),
  );
  return <TenantsView tenants={page.data} nextCursor={page.next_cursor} searched={Boolean(q)} />;
}
