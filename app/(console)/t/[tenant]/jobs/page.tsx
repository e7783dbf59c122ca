import type { Metadata } from "next";
import type { TenantActor } from "#lib/access/actor.ts";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { listFunctions } from "#lib/gateways/queries.ts";
import { getJobCount, listJobs } from "#lib/jobs/queries.ts";
import { type JobFilters, jobFilters } from "#lib/jobs/schema.ts";
import { getKey } from "#lib/keys/queries.ts";
import { getRoute } from "#lib/routes/queries.ts";
import { JobsView } from "./jobs-view.tsx";
import { FILTER_NAMES } from "./list-filters.ts";
import type { JobListData } from "./use-job-list.ts";

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

export const metadata: Metadata = { title: "Jobs" };

/** What of the address can be a filter; a mangled one is left out, so that a mangled link shows a list. */
function filtersOf(given: Record<string, string | undefined>): JobFilters {
  const filters: Record<string, string> = {};
  for (const name of FILTER_NAMES) {
    const { data } = jobFilters[name].safeParse(given[name]);
    if (data) filters[name] = data;
  }
  if (filters.from) delete filters.within;
  return filters;
}

type First = { data: JobListData; cursor: string | undefined };

/** The first view; null when the server would not ask this. The page then says why, as the API does. */
async function readFirst(
  actor: TenantActor,
  filters: JobFilters,
  sort: "newest" | "oldest",
  asked: string | undefined,
): Promise<First | null> {
  try {
    const { cursor, page } = await fromCursor(asked, (from) =>
      listJobs(actor, { ...filters, sort, limit: 25, cursor: from }),
    );
    const count = await getJobCount(actor, filters);
    return { cursor, data: { page: { data: page.data, nextCursor: page.next_cursor }, count } };
  } catch (error) {
    if (error instanceof DomainError && error.code === "invalid_input") return null;
    throw error;
  }
}

/** What is called by that id; undefined when it is gone. */
async function nameOf<T>(read: Promise<T> | null, name: (thing: T) => string): Promise<string | undefined> {
  try {
    return read ? name(await read) : undefined;
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") return undefined;
    throw error;
  }
}

export default async function JobsPage({ params, searchParams }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const given = await pageInput(searchParams, [...FILTER_NAMES, "sort", "cursor"]);
  const filters = filtersOf(given);
  const sort = given.sort === "oldest" ? "oldest" : "newest";
  const [first, functions, route, key] = await Promise.all([
    readFirst(actor, filters, sort, given.cursor),
    listFunctions(actor, undefined),
    nameOf(filters.route ? getRoute(actor, { id: filters.route }) : null, (it) => `${it.method} ${it.path}`),
    nameOf(filters.key ? getKey(actor, { id: filters.key }) : null, (it) => it.name),
  ]);
  return (
    <JobsView
      tenant={{ slug: actor.tenant.slug, role: actor.tenant.role }}
      filters={{
        ...filters,
        ...(sort === "oldest" ? { sort } : {}),
        ...(first?.cursor ? { cursor: first.cursor } : {}),
      }}
      names={{ route, key }}
      functions={functions.map(({ name }) => name)}
      initial={first?.data ?? null}
    />
  );
}
