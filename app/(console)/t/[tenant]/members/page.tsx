import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { listMembers } from "#lib/members/queries.ts";
import { MembersView } from "./members-view.tsx";

export const metadata: Metadata = { title: "Members" };

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

export default async function MembersPage({ params, searchParams }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const given = await pageInput(searchParams, ["cursor"]);
  const { page } = await fromCursor(given.cursor, (cursor) => listMembers(actor, { limit: 50, cursor }));
  return <MembersView members={page.data} nextCursor={page.next_cursor} self={actor.userId} />;
}
