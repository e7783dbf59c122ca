import type { Metadata } from "next";
import { requireOperator } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { listDeadGroups } from "#lib/support/queries.ts";
import { GroupsView } from "./groups-view.tsx";

export const metadata: Metadata = { title: "Dead letters of all tenants" };

export default async function GroupsPage({ searchParams }: { searchParams: PageSearch }) {
  const actor = await requireOperator();
  const given = await pageInput(searchParams, ["order", "cursor"]);
  const order = given.order === "reach" ? "reach" : "recent";
  const { page } = await fromCursor(given.cursor, (cursor) =>
    listDeadGroups(actor, { order, limit: 50, cursor }),
  );
  return <GroupsView groups={page.data} nextCursor={page.next_cursor} order={order} />;
}
