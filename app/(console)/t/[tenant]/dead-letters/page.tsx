import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { getOpenAlerts } from "#lib/alerts/queries.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { getSummary, listGroups } from "#lib/dead-letters/queries.ts";
import { GROUP_SORTS, type GroupSort, groupFilters } from "#lib/dead-letters/schema.ts";
import { listFunctions } from "#lib/gateways/queries.ts";
import { GroupsView } from "./groups-view.tsx";

export const metadata: Metadata = { title: "Dead letters" };

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

export default async function DeadLettersPage({ params, searchParams }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const given = await pageInput(searchParams, ["cursor", "q", "function", "sort"]);
  const narrowing = {
    q: groupFilters.q.safeParse(given.q).data,
    function: groupFilters.function.safeParse(given.function).data,
  };
  const sort = GROUP_SORTS.find((each): each is GroupSort => each === given.sort) ?? "last_seen";
  const [{ cursor, page }, summary, functions, alerts] = await Promise.all([
    fromCursor(given.cursor, (from) => listGroups(actor, { ...narrowing, sort, limit: 25, cursor: from })),
    getSummary(actor, narrowing),
    listFunctions(actor, undefined),
    getOpenAlerts(actor, undefined),
  ]);
  return (
    <GroupsView
      tenant={actor.tenant.slug}
      role={actor.tenant.role}
      filters={{
        q: narrowing.q ?? "",
        function: narrowing.function ?? "",
        sort: sort === "last_seen" ? "" : sort,
        cursor: cursor ?? "",
      }}
      functions={functions.map(({ name }) => name)}
      initial={{ page: { data: page.data, nextCursor: page.next_cursor }, summary, alerts }}
    />
  );
}
