import { JOB_STATES } from "#lib/contract/jobs.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import {
  candidates,
  fingerprintsLike,
  MAX_CANDIDATES,
  partsOf,
  payloadWindow,
  type ReadFilters,
  readFilters,
} from "./filters.ts";
import type { JobFilters, JobSort } from "./schema.ts";

/** No more jobs are read for one page when no index holds everything that was asked. */
export const MAX_READ = 20_000;
/** No more different errors are compared with a text. */
const MAX_ERRORS = 1_000;
/** So many lists in order can be merged well. */
const MAX_BRANCHES = 40;
const LEAST_READ = 1_000;

export type Place = { at: string; id: string };
export type Asked = { tx: Transaction; tenantId: string; filters: JobFilters; sort: JobSort };

/** Jobs that one range of one index gives in the order of the list, from behind a place on. */
export type Branch = (after: Place | null, limit: number) => Prisma.Sql;

/** Which jobs are read, and what of the filters is looked at only then. */
export type Source = {
  branches: Branch[];
  rest: Prisma.Sql[];
  /** Jobs of each branch that may be read for the rest. */
  bound: number;
  /** The same jobs in no order and all of them, for counting; null where only the branches know. */
  all: Prisma.Sql | null;
};

type Parts = ReturnType<typeof partsOf>;
type Facet = "function" | "route" | "key" | "fingerprint";

const COLUMNS = Prisma.sql`id, tenant_id, function, state, attempts, max_attempts, created_at, started_at, finished_at,
  run_at, error, error_fingerprint, request_id, route_id, api_key_id, enqueued_by, steps, step, step_attempts, step_base`;

export const and = (conditions: readonly Prisma.Sql[]) => Prisma.join([...conditions], " AND ");

export const orderOf = (sort: JobSort) =>
  sort === "newest" ? Prisma.sql`created_at DESC, id DESC` : Prisma.sql`created_at, id`;

const behind = (place: Place, sort: JobSort) =>
  sort === "newest"
    ? Prisma.sql`(created_at, id) < (${place.at}::timestamptz, ${place.id}::uuid)`
    : Prisma.sql`(created_at, id) > (${place.at}::timestamptz, ${place.id}::uuid)`;

const branchOf =
  (conditions: Prisma.Sql[], sort: JobSort): Branch =>
  (after, limit) =>
    Prisma.sql`SELECT ${COLUMNS} FROM jobs
      WHERE ${and(after ? [...conditions, behind(after, sort)] : conditions)}
      ORDER BY ${orderOf(sort)} LIMIT ${limit}::int`;

/** How many jobs fit each of these, counted no further than may be read. */
async function counted(tx: Transaction, all: readonly Prisma.Sql[][]): Promise<number[]> {
  const counts = all.map(
    (conditions) => Prisma.sql`(SELECT count(*)::int FROM (
      SELECT 1 FROM jobs WHERE ${and(conditions)} LIMIT ${MAX_READ + 1}::int) AS capped)`,
  );
  const [row] = await tx.$queryRaw<{ counts: number[] }[]>`SELECT ARRAY[${Prisma.join(counts)}] AS counts`;
  return row?.counts ?? [];
}

/** The fingerprints of the errors that read as asked. Throws 422 when there are too many errors to compare. */
async function readFingerprints({ tx, tenantId }: Asked, pattern: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ f: string; fits: boolean }[]>`
    ${fingerprintsLike(tenantId, pattern, MAX_ERRORS + 1)}`;
  if (rows.length > MAX_ERRORS) {
    throw invalid([
      {
        path: "error",
        message: `There are more than ${MAX_ERRORS.toLocaleString("en")} different errors; choose one in Dead letters, or give its fingerprint.`,
      },
    ]);
  }
  return rows.filter(({ fits }) => fits).map(({ f }) => f);
}

function byPayload({ tenantId, sort }: Asked, read: ReadFilters, rest: Prisma.Sql[]): Source {
  const window = payloadWindow(read);
  const newestFirst = sort === "newest";
  const branch: Branch = (after, limit) => {
    // Jobs of the last one's millisecond are found again, and then left out as before it.
    const edge = after ? Prisma.sql`${after.at}::timestamptz` : null;
    const since = edge && !newestFirst ? Prisma.sql`GREATEST(${window.since}, ${edge})` : window.since;
    const until =
      edge && newestFirst ? Prisma.sql`LEAST(${window.until}, ${edge} + interval '1 ms')` : window.until;
    const found = candidates(
      tenantId,
      read.payload as NonNullable<ReadFilters["payload"]>,
      { since, until },
      { atMost: Math.min(MAX_CANDIDATES + 1, limit + (after ? LEAST_READ : 0)), newestFirst },
    );
    const further = after ? Prisma.sql`AND ${behind(after, sort)}` : Prisma.empty;
    return Prisma.sql`SELECT ${COLUMNS} FROM jobs WHERE tenant_id = ${tenantId}::uuid
      AND id IN (SELECT job_id FROM ${found}) ${further} ORDER BY ${orderOf(sort)} LIMIT ${limit}::int`;
  };
  return { branches: [branch], rest, bound: MAX_CANDIDATES, all: null };
}

/**
 * How a list is read: through the index that fits what was asked best, in as many ranges as give an order that can be
 * merged. What that index does not hold is looked at job by job, for a bounded number of jobs. Throws `invalid_input`
 * (422) for filters that cannot be asked.
 */
export async function sourceOf(asked: Asked): Promise<Source> {
  const { tx, tenantId, filters, sort } = asked;
  const read = readFilters(filters);
  const parts = partsOf(tenantId, filters, read);
  const mine = Prisma.sql`tenant_id = ${tenantId}::uuid`;
  const time = parts.time ? [parts.time] : [];
  const state = parts.state ? [parts.state] : [];
  const without = (...used: (keyof Parts)[]) =>
    (Object.keys(parts) as (keyof Parts)[])
      .filter((name) => !used.includes(name))
      .map((name) => parts[name] as Prisma.Sql);
  const from = (ranges: Prisma.Sql[][], rest: Prisma.Sql[], whole: Prisma.Sql[]): Source => ({
    branches: ranges.map((conditions) => branchOf([mine, ...conditions], sort)),
    rest,
    bound: Math.max(LEAST_READ, Math.ceil(MAX_READ / Math.max(1, ranges.length))),
    all: Prisma.sql`SELECT ${COLUMNS} FROM jobs WHERE ${and([mine, ...whole])}`,
  });
  /** All that fit, in one go, when they are few enough to be looked at one by one; else range by range. */
  const bounded = (ranges: Prisma.Sql[][], rest: Prisma.Sql[], whole: Prisma.Sql[], count: number): Source =>
    rest.length > 0 && count <= MAX_READ ? from([whole], rest, whole) : from(ranges, rest, whole);

  if (parts.named) return from([without()], [], without());

  let like: string[] | null = null;
  if (read.error) {
    like = await readFingerprints(asked, read.error);
    parts.error = Prisma.sql`error_fingerprint = ANY(${like}::text[])`;
    if (like.length === 0) return from([[Prisma.sql`false`]], [], [Prisma.sql`false`]);
  }
  if (read.payload) return byPayload(asked, read, without("time"));

  const inStates = (read.states ?? JOB_STATES).map((each) => Prisma.sql`state = ${each}`);
  const ranges: Record<Facet | "error", Prisma.Sql[][]> = {
    fingerprint: [[parts.fingerprint as Prisma.Sql, ...state, ...time]],
    error: (like ?? []).map((each) => [Prisma.sql`error_fingerprint = ${each}`, ...state, ...time]),
    key: inStates.map((each) => [parts.key as Prisma.Sql, each, ...time]),
    route: inStates.map((each) => [parts.route as Prisma.Sql, each, ...time]),
    function: inStates.map((each) => [parts.function as Prisma.Sql, each, ...time]),
  };
  const facets = (["fingerprint", "error", "key", "route", "function"] as const)
    .filter((facet) => parts[facet])
    .filter((facet) => facet !== "error" || ranges.error.length <= MAX_BRANCHES);
  if (facets.length > 0) {
    const wholes = facets.map((facet) => [parts[facet] as Prisma.Sql, ...state, ...time]);
    const rests = facets.map((facet) => without(facet, "state", "time"));
    // Which of them fewest jobs fit only matters when there is more than one.
    const counts = rests.some((rest) => rest.length > 0)
      ? await counted(
          tx,
          wholes.map((whole) => [mine, ...whole]),
        )
      : [];
    const best = facets.reduce(
      (least, _, index) => ((counts[index] ?? 0) < (counts[least] ?? 0) ? index : least),
      0,
    );
    return bounded(
      ranges[facets[best] as Facet],
      rests[best] as Prisma.Sql[],
      wholes[best] as Prisma.Sql[],
      counts[best] ?? 0,
    );
  }
  const rest = without("state", "time");
  const whole = [...state, ...time];
  return from(read.states ? inStates.map((each) => [each, ...time]) : [time], rest, whole);
}
