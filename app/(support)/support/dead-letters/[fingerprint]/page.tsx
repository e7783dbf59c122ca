import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireOperator } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { getDeadGroup, listTenantsOfDeadGroup } from "#lib/support/queries.ts";
import { GroupView } from "./group-view.tsx";

export const metadata: Metadata = { title: "A failure across tenants" };

type Props = { params: Promise<{ fingerprint: string }>; searchParams: PageSearch };

export default async function GroupPage({ params, searchParams }: Props) {
  const actor = await requireOperator();
  const { fingerprint } = await params;
  const given = await pageInput(searchParams, ["cursor"]);
  try {
    const group = await getDeadGroup(actor, { fingerprint });
    const { page } = await fromCursor(given.cursor, (cursor) =>
      listTenantsOfDeadGroup(actor, { fingerprint, limit: 50, cursor }),
    );
    return <GroupView group={group} tenants={page.data} nextCursor={page.next_cursor} />;
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  }
}
