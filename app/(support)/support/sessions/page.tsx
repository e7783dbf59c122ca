import type { Metadata } from "next";
import { requireOperator } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { listSupportSessions } from "#lib/support/queries.ts";
import { SessionsView } from "./sessions-view.tsx";

export const metadata: Metadata = { title: "Support sessions" };

export default async function SessionsPage({ searchParams }: { searchParams: PageSearch }) {
  const actor = await requireOperator();
  const given = await pageInput(searchParams, ["state", "tenant", "cursor"]);
  const state = given.state === "open" ? "open" : undefined;
  const tenant = given.tenant?.slice(0, 40);
  const { page } = await fromCursor(given.cursor, (cursor) =>
    listSupportSessions(actor, { state, tenant, limit: 50, cursor }),
  );
  return (
    <SessionsView
      sessions={page.data}
      nextCursor={page.next_cursor}
      narrowed={Boolean(state ?? tenant)}
      tenant={tenant ?? null}
    />
  );
}
