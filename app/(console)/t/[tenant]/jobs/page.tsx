import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { JOB_STATES, type JobState } from "#lib/contract/jobs.ts";
import { listFunctions } from "#lib/gateways/queries.ts";
import { getJobCount, listJobs } from "#lib/jobs/queries.ts";
import { jobFilters } from "#lib/jobs/schema.ts";
import { JobsView } from "./jobs-view.tsx";

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { state } = await pageInput(searchParams, ["state"]);
  return { title: state === "dead" ? "Dead letters" : "Jobs" };
}

export default async function JobsPage({ params, searchParams }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const given = await pageInput(searchParams, ["cursor", "state", "function", "q"]);
  const filters = {
    state: JOB_STATES.find((state): state is JobState => state === given.state),
    function: jobFilters.function.safeParse(given.function).data,
    q: jobFilters.q.safeParse(given.q).data,
  };
  const [{ cursor, page }, count, functions] = await Promise.all([
    fromCursor(given.cursor, (from) => listJobs(actor, { ...filters, limit: 25, cursor: from })),
    getJobCount(actor, filters),
    listFunctions(actor, undefined),
  ]);
  return (
    <JobsView
      tenant={actor.tenant.slug}
      filters={{
        state: filters.state ?? "",
        function: filters.function ?? "",
        q: filters.q ?? "",
        cursor: cursor ?? "",
      }}
      functions={functions.map(({ name }) => name)}
      initial={{ page: { data: page.data, nextCursor: page.next_cursor }, count }}
    />
  );
}
