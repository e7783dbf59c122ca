import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { isUuid } from "#lib/contract/uuid.ts";
import { getRun, listRunItems } from "#lib/dead-letters/queries.ts";
import { ITEM_VIEWS, type ItemView } from "#lib/dead-letters/schema.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { RunView } from "./run-view.tsx";

export const metadata: Metadata = { title: "Run of dead letters" };

type Props = { params: Promise<{ tenant: string; id: string }>; searchParams: PageSearch };

export default async function RunPage({ params, searchParams }: Props) {
  const { tenant, id } = await params;
  const actor = await requireTenantActor(tenant);
  if (!isUuid(id)) notFound();
  const given = await pageInput(searchParams, ["cursor", "view"]);
  const view = ITEM_VIEWS.find((each): each is ItemView => each === given.view);
  const run = await getRun(actor, { id }).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  });
  const { cursor, page } = await fromCursor(given.cursor, (from) =>
    listRunItems(actor, { id, view, limit: 25, cursor: from }),
  );
  return (
    <RunView
      tenant={actor.tenant.slug}
      role={actor.tenant.role}
      initial={run}
      view={view ?? ""}
      cursor={cursor ?? ""}
      items={{ data: page.data, nextCursor: page.next_cursor }}
    />
  );
}
