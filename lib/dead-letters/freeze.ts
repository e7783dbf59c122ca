import { Prisma, type Transaction } from "#lib/db/client.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { asking, conditionsOf } from "#lib/jobs/queries.ts";
import { MAX_RUN_ITEMS, type RunPreview, type Selection } from "./schema.ts";

/** Functions and routes that a preview names; the others are counted. */
const NAMED = 20;
const NOWHERE = "00000000-0000-0000-0000-000000000000";

/** An attempt that ended so may have done its work: nobody heard the end of it. */
const DOUBTFUL = Prisma.sql`EXISTS (
  SELECT FROM job_attempts attempt WHERE attempt.job_id = jobs.id
    AND attempt.outcome IN ('lost', 'timed_out', 'cancelled'))`;

/** The jobs of a selection, in the order in which they are dealt with: the oldest first. */
function chosen(tenantId: string, selection: Selection): Prisma.Sql {
  if (selection.by === "ids") {
    // Those that are not dead come along: a run says of each why it was skipped.
    return Prisma.sql`
      SELECT named.id, jobs.function, jobs.route_id, jobs.dispatch, jobs.attempts, jobs.error_fingerprint,
        jobs.created_at, jobs.id IS NOT NULL AND ${DOUBTFUL} AS doubtful
      FROM (SELECT DISTINCT unnest(${selection.ids}::uuid[]) AS id) AS named
      LEFT JOIN jobs ON jobs.id = named.id AND jobs.tenant_id = ${tenantId}::uuid
      ORDER BY jobs.created_at, named.id`;
  }
  const conditions =
    selection.by === "groups"
      ? [
          Prisma.sql`tenant_id = ${tenantId}::uuid`,
          Prisma.sql`error_fingerprint = ANY(${selection.fingerprints}::text[])`,
        ]
      : conditionsOf(tenantId, { ...selection.filters, state: "dead" });
  return Prisma.sql`
    SELECT id, function, route_id, dispatch, attempts, error_fingerprint, created_at, ${DOUBTFUL} AS doubtful
    FROM jobs WHERE ${Prisma.join(conditions, " AND ")} AND state = 'dead'
    ORDER BY created_at, id LIMIT ${MAX_RUN_ITEMS + 1}`;
}

/** A filter that shows other jobs as well is not what somebody means to requeue. */
function refuseOtherStates(states: string | undefined): void {
  if (states === undefined || states.split(",").includes("dead")) return;
  throw invalid([
    { path: "selection.filters.state", message: "leaves out dead jobs, and only these can be dealt with" },
  ]);
}

/** Writes a run's items: which jobs, and how each stands now. Gives how many. Throws `invalid_input` for too many. */
export async function freezeItems(
  tx: Transaction,
  tenantId: string,
  runId: string,
  selection: Selection,
): Promise<number> {
  if (selection.by === "filter") refuseOtherStates(selection.filters.state);
  const total = await asking(
    () => tx.$executeRaw`
    INSERT INTO dead_letter_run_items
      (run_id, position, tenant_id, job_id, function, route_id, dispatch, attempts, fingerprint, doubtful)
    SELECT ${runId}::uuid, row_number() OVER (ORDER BY created_at, id), ${tenantId}::uuid, id, COALESCE(function, ''),
      route_id, COALESCE(dispatch, -1), COALESCE(attempts, -1), error_fingerprint, doubtful
    FROM (${chosen(tenantId, selection)}) AS chosen`,
  );
  if (total > MAX_RUN_ITEMS) {
    throw invalid(
      [
        {
          path: "selection",
          message: `has more than ${MAX_RUN_ITEMS.toLocaleString("en")} jobs; narrow it by time, function or route`,
        },
      ],
      "These are too many jobs for one run.",
    );
  }
  return total;
}

type Slice = {
  function: string;
  routeId: string;
  method: string | null;
  path: string | null;
  count: number;
  doubtful: number;
  known: boolean;
};

/** What a frozen selection consists of. */
export async function previewOf(
  tx: Transaction,
  tenantId: string,
  runId: string,
  total: number,
  selection: Selection,
): Promise<RunPreview> {
  // Jobs that were named may be in any state; a filter and a group only find dead ones.
  const dead =
    selection.by === "ids"
      ? Prisma.sql`EXISTS (SELECT FROM jobs WHERE jobs.id = item.job_id AND jobs.tenant_id = ${tenantId}::uuid
          AND jobs.state = 'dead')`
      : Prisma.sql`true`;
  const slices = await tx.$queryRaw<Slice[]>`
    SELECT slice.*, slice.route_id AS "routeId", route.method, route.path, known.name IS NOT NULL AS known
    FROM (
      SELECT item.function, COALESCE(item.route_id, ${NOWHERE}::uuid) AS route_id, count(*)::int AS count,
        count(*) FILTER (WHERE item.doubtful)::int AS doubtful
      FROM dead_letter_run_items item
      WHERE item.tenant_id = ${tenantId}::uuid AND item.run_id = ${runId}::uuid AND ${dead}
      GROUP BY 1, 2) AS slice
    LEFT JOIN draft_routes route ON route.tenant_id = ${tenantId}::uuid AND route.id = slice.route_id
    LEFT JOIN functions known ON known.name = slice.function
    ORDER BY slice.count DESC, slice.function, slice.route_id`;
  const [pipelines] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM dead_letter_run_items item
    JOIN jobs ON jobs.id = item.job_id AND jobs.tenant_id = item.tenant_id
    WHERE item.tenant_id = ${tenantId}::uuid AND item.run_id = ${runId}::uuid AND jobs.step IS NOT NULL
      AND jobs.state = 'dead'`;
  const count = slices.reduce((sum, slice) => sum + slice.count, 0);
  const missing = new Map<string, number>();
  for (const slice of slices)
    if (!slice.known) missing.set(slice.function, (missing.get(slice.function) ?? 0) + slice.count);
  return {
    count,
    leftOut: total - count,
    breakdown: slices.slice(0, NAMED).map((slice) => ({
      function: slice.function,
      route: slice.routeId === NOWHERE ? null : { id: slice.routeId, method: slice.method, path: slice.path },
      count: slice.count,
    })),
    more: Math.max(0, slices.length - NAMED),
    warnings: {
      doubtful: slices.reduce((sum, slice) => sum + slice.doubtful, 0),
      pipelines: pipelines?.count ?? 0,
      missingFunctions: [...missing].slice(0, NAMED).map(([name, many]) => ({ function: name, count: many })),
    },
  };
}
