import type { Metadata } from "next";
import { requireOperator } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { listDeskSearches } from "#lib/support/queries.ts";
import { SearchesView } from "./searches-view.tsx";

export const metadata: Metadata = { title: "Searches" };

export default async function SearchesPage({ searchParams }: { searchParams: PageSearch }) {
  const actor = await requireOperator();
  const given = await pageInput(searchParams, ["cursor"]);
  const { page } = await fromCursor(given.cursor, (cursor) => listDeskSearches(actor, { limit: 50, cursor }));
  return <SearchesView searches={page.data} nextCursor={page.next_cursor} />;
}
