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
import type { CappedCount, JobFilters, JobSort } from "./schema.ts";

/** Counting further costs more than anybody gains. */
export const COUNT_CAP = 10_000;
/** No more jobs are read for one page when no index holds everything that was asked. */
const MAX_READ = 20_000;
/** No more different errors are compared with a text. */
const MAX_ERRORS = 1_000;
/** So many lists in order can be merged well. */
const MAX_BRANCHES = 40;

export type Place = { at: string; id: string };
type Parts = ReturnType<typeof partsOf>;
type Facet = "function" | "route" | "key" | "fingerprint";

/** Which jobs are read, in order, and what of the filters is looked at only then. */
type Source = {
  rows: (after: Place | null, limit: number) => Prisma.Sql;
  rest: Prisma.Sql[];
  /** Rows that may be read for the rest. */
  bound: number;
};

const COLUMNS = Prisma.sql`id, tenant_id, function, state, attempts, max_attempts, created_at, started_at, finished_at,
  run_at, error, error_fingerprint, request_id, route_id, api_key_id, enqueued_by, steps, step, step_attempts, step_base`;

const and = (conditions: readonly Prisma.Sql[]) => Prisma.join([...conditions], " AND ");

type Asked = { tx: Transaction; tenantId: string; filters: JobFilters; sort: JobSort };

const orderOf = (sort: JobSort) =>
  sort === "newest" ? Prisma.sql`created_at DESC, id DESC` : Prisma.sql`created_at, id`;

const behind = (place: Place, sort: JobSort) =>
  sort === "newest"
    ? Prisma.sql`(created_at, id) < (${place.at}::timestamptz, ${place.id}::uuid)`
    : Prisma.sql`(created_at, id) > (${place.at}::timestamptz, ${place.id}::uuid)`;

/** The same list read through one index range or several that are merged. */
function merged(branches: readonly Prisma.Sql[][], sort: JobSort): Source["rows"] {
  return (after, limit) => {
    const each = branches.map((conditions) => {
      const all = after ? [...conditions, behind(after, sort)] : conditions;
      return Prisma.sql`SELECT ${COLUMNS} FROM jobs WHERE ${and(all)}`;
    });
    return Prisma.sql`SELECT * FROM (${Prisma.join(each, " UNION ALL ")}) AS read
      ORDER BY ${orderOf(sort)} LIMIT ${limit}::int`;
  };
}

/** Of the filters that have an index each, the one that fewest jobs fit. */
async function rarest(
  { tx, tenantId }: Asked,
  parts: Parts,
  facets: readonly Facet[],
): Promise<Facet | undefined> {
  if (facets.length < 2) return facets[0];
  const shared = [parts.state, parts.time].filter((part) => part !== undefined);
  const counts = facets.map((facet) => {
    const conditions = [Prisma.sql`tenant_id = ${tenantId}::uuid`, parts[facet] as Prisma.Sql, ...shared];
    return Prisma.sql`(SELECT count(*)::int FROM (
      SELECT 1 FROM jobs WHERE ${and(conditions)} LIMIT ${MAX_READ}::int) AS capped)`;
  });
  const [row] = await tx.$queryRaw<{ counts: number[] }[]>`SELECT ARRAY[${Prisma.join(counts)}] AS counts`;
  const found = row?.counts ?? [];
  return facets.reduce((best, facet) =>
    (found[facets.indexOf(facet)] ?? 0) < (found[facets.indexOf(best)] ?? 0) ? facet : best,
  );
}

/** The fingerprints of the errors that read as asked. Throws 422 when there are too many errors to compare. */
async function readFingerprints({ tx, tenantId }: Asked, pattern: string): Promise<string[]> {
  const [many] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (${fingerprintsLike(tenantId, "%", MAX_ERRORS + 1)}) AS met`;
  if ((many?.count ?? 0) > MAX_ERRORS) {
    throw invalid([
      {
        path: "error",
        message: `There are more than ${MAX_ERRORS.toLocaleString("en")} different errors; choose one in Dead letters, or give its fingerprint.`,
      },
    ]);
  }
  const rows = await tx.$queryRaw<{ f: string }[]>`${fingerprintsLike(tenantId, pattern, MAX_ERRORS)}`;
  return rows.map(({ f }) => f);
}

function byPayload(asked: Asked, read: ReadFilters, rest: Prisma.Sql[]): Source {
  const { tenantId, sort } = asked;
  const window = payloadWindow(read);
  const newestFirst = sort === "newest";
  return {
    rest,
    bound: MAX_CANDIDATES,
    rows: (after, limit) => {
      // Jobs of the last one's millisecond are found again, and then left out as before it.
      const edge = after ? Prisma.sql`${after.at}::timestamptz` : null;
      const since = edge && !newestFirst ? Prisma.sql`GREATEST(${window.since}, ${edge})` : window.since;
      const until =
        edge && newestFirst ? Prisma.sql`LEAST(${window.until}, ${edge} + interval '1 ms')` : window.until;
      const found = candidates(
        tenantId,
        read.payload as NonNullable<ReadFilters["payload"]>,
        { since, until },
        { atMost: Math.min(MAX_CANDIDATES + 1, limit + (after ? 1_000 : 0)), newestFirst },
      );
      const further = after ? Prisma.sql`AND ${behind(after, sort)}` : Prisma.empty;
      return Prisma.sql`SELECT ${COLUMNS} FROM jobs WHERE tenant_id = ${tenantId}::uuid
        AND id IN (SELECT job_id FROM ${found}) ${further} ORDER BY ${orderOf(sort)} LIMIT ${limit}::int`;
    },
  };
}

/**
 * How a list is read: through the index that fits what was asked best. What that index does not hold is looked at job
 * by job, for a bounded number of jobs.
 */
async function sourceOf(asked: Asked): Promise<Source> {
  const { tenantId, filters, sort } = asked;
  const read = readFilters(filters);
  const parts = partsOf(tenantId, filters, read);
  const mine = Prisma.sql`tenant_id = ${tenantId}::uuid`;
  const time = parts.time ? [parts.time] : [];
  const without = (...used: (keyof Parts)[]) =>
    (Object.keys(parts) as (keyof Parts)[])
      .filter((name) => !used.includes(name))
      .map((name) => parts[name] as Prisma.Sql);

  if (parts.named) {
    return { rows: merged([[mine, ...without()]], sort), rest: [], bound: MAX_READ };
  }
  if (read.error) {
    const fingerprints = await readFingerprints(asked, read.error);
    parts.error = Prisma.sql`error_fingerprint = ANY(${fingerprints}::text[])`;
    if (!read.payload && !filters.fingerprint && fingerprints.length <= MAX_BRANCHES) {
      const state = parts.state ? [parts.state] : [];
      const each = fingerprints.map((fingerprint) => [
        mine,
        Prisma.sql`error_fingerprint = ${fingerprint}`,
        ...state,
        ...time,
      ]);
      const nothing = [[mine, Prisma.sql`false`]];
      return {
        rows: merged(each.length > 0 ? each : nothing, sort),
        rest: without("error", "state", "time"),
        bound: MAX_READ,
      };
    }
  }
  if (read.payload) return byPayload(asked, read, without("time"));

  const states = read.states ?? JOB_STATES;
  const inState = (state: string) => Prisma.sql`state = ${state}`;
  const facets = (["fingerprint", "key", "route", "function"] as const).filter((facet) => parts[facet]);
  const facet = await rarest(asked, parts, facets);
  if (facet === "fingerprint") {
    const state = parts.state ? [parts.state] : [];
    const conditions = [mine, parts.fingerprint as Prisma.Sql, ...state, ...time];
    return {
      rows: merged([conditions], sort),
      rest: without("fingerprint", "state", "time"),
      bound: MAX_READ,
    };
  }
  if (facet) {
    const branches = states.map((state) => [mine, parts[facet] as Prisma.Sql, inState(state), ...time]);
    return { rows: merged(branches, sort), rest: without(facet, "state", "time"), bound: MAX_READ };
  }
  const branches = read.states ? states.map((state) => [mine, inState(state), ...time]) : [[mine, ...time]];
  return { rows: merged(branches, sort), rest: without("state", "time"), bound: MAX_READ };
}

const tooMuch = () =>
  invalid(
    [{ path: "from", message: "Choose a shorter time, one function, route or key, or one error." }],
    `More than ${MAX_READ.toLocaleString("en")} jobs would have to be read for this.`,
  );

/**
 * One page, with one row more than `limit` when there is a next. `columns` are read of the jobs that fit. Throws
 * `invalid_input` (422) for a filter that would read too much, and names what to narrow.
 */
export async function readPage<Row>(
  asked: Asked,
  columns: Prisma.Sql,
  after: Place | null,
  limit: number,
): Promise<Row[]> {
  const { tx, sort } = asked;
  const source = await sourceOf(asked);
  if (source.rest.length === 0) {
    return tx.$queryRaw<Row[]>`SELECT ${columns} FROM (${source.rows(after, limit + 1)}) AS jobs
      ORDER BY ${orderOf(sort)}`;
  }
  const rows = await tx.$queryRaw<Row[]>`
    SELECT ${columns} FROM (${source.rows(after, source.bound)}) AS jobs
    WHERE ${and(source.rest)} ORDER BY ${orderOf(sort)} LIMIT ${limit + 1}`;
  if (rows.length <= limit) {
    const [read] = await tx.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM (${source.rows(after, source.bound + 1)}) AS looked`;
    if ((read?.count ?? 0) > source.bound) throw tooMuch();
  }
  return rows;
}

/** How many jobs match, counted no further than the cap; `capped` also where no more jobs may be read for it. */
export async function readCount(asked: Asked): Promise<CappedCount> {
  const { tx } = asked;
  const source = await sourceOf(asked);
  if (source.rest.length === 0) {
    const [row] = await tx.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM (${source.rows(null, Math.min(COUNT_CAP, source.bound) + 1)}) AS capped`;
    const count = row?.count ?? 0;
    return { count: Math.min(count, COUNT_CAP), capped: count > COUNT_CAP };
  }
  const [row] = await tx.$queryRaw<{ count: number; read: number }[]>`
    SELECT count(*) FILTER (WHERE ${and(source.rest)})::int AS count, count(*)::int AS read
    FROM (${source.rows(null, source.bound + 1)}) AS jobs`;
  const count = row?.count ?? 0;
  return {
    count: Math.min(count, COUNT_CAP),
    capped: count > COUNT_CAP || (row?.read ?? 0) > source.bound,
  };
}
