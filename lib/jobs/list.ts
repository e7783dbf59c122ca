import { Prisma } from "#lib/db/client.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import type { CappedCount } from "./schema.ts";
import { type Asked, and, MAX_READ, orderOf, type Place, sourceOf } from "./source.ts";

/** Counting further costs more than anybody gains. */
export const COUNT_CAP = 10_000;

const tooMuch = (most: number) =>
  invalid(
    [
      {
        path: "from",
        message: `More than ${most.toLocaleString("en")} jobs would have to be read for this: choose a shorter time, one function, route or key, or one error.`,
      },
    ],
    "These filters would read too much.",
  );

const merged = (lists: Prisma.Sql[]) =>
  Prisma.join(
    lists.map((list) => Prisma.sql`(${list})`),
    " UNION ALL ",
  );

type Listed = { createdAt: Date; id: string };

/**
 * One page, with one row more than `limit` when there is a next. `columns` are read of the jobs that fit. Throws
 * `invalid_input` (422) for a filter that would read too much, and names what to narrow.
 */
export async function readPage<Row extends Listed>(
  asked: Asked,
  columns: Prisma.Sql,
  after: Place | null,
  limit: number,
): Promise<Row[]> {
  const { tx, sort } = asked;
  const { branches, rest, bound } = await sourceOf(asked);
  const wanted = limit + 1;
  if (rest.length === 0) {
    const lists = branches.map((branch) => branch(after, wanted));
    return tx.$queryRaw<Row[]>`SELECT ${columns} FROM (${merged(lists)}) AS jobs
      ORDER BY ${orderOf(sort)} LIMIT ${wanted}`;
  }
  const lists = branches.map(
    (
      branch,
      index,
    ) => Prisma.sql`SELECT ${index}::int AS branch, jobs.* FROM (${branch(after, bound)}) AS jobs
      WHERE ${and(rest)} ORDER BY ${orderOf(sort)} LIMIT ${wanted}`,
  );
  const found = await tx.$queryRaw<(Row & { branch: number })[]>`
    SELECT ${columns}, branch FROM (${merged(lists)}) AS jobs ORDER BY ${orderOf(sort)}`;
  // A branch that gave less than was wanted may have been left at its bound; what follows from there is not known.
  const doubtful = branches.filter((_, index) => found.filter((row) => row.branch === index).length < wanted);
  const ends = doubtful.map(
    (branch) => Prisma.sql`SELECT created_at AS "createdAt", id FROM (${branch(after, bound + 1)}) AS jobs
      OFFSET ${bound}::int`,
  );
  const known =
    ends.length > 0
      ? await tx.$queryRaw<Listed[]>`SELECT * FROM (${merged(ends)}) AS ends ORDER BY ${
          sort === "newest" ? Prisma.sql`"createdAt" DESC, id DESC` : Prisma.sql`"createdAt", id`
        } LIMIT 1`
      : [];
  const edge = known[0];
  const inOrder = (a: Listed, b: Listed) =>
    (a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1)) * (sort === "newest" ? -1 : 1);
  const sure = edge ? found.filter((row) => inOrder(row, edge) < 0) : found;
  if (edge && sure.length < wanted) throw tooMuch(Math.min(MAX_READ, bound * branches.length));
  return sure.slice(0, wanted);
}

/** How many jobs match, counted no further than the cap; `capped` also where no more jobs may be read for it. */
export async function readCount(asked: Asked): Promise<CappedCount> {
  const { tx } = asked;
  const { branches, rest, bound, all } = await sourceOf(asked);
  if (rest.length === 0) {
    const most = Math.min(COUNT_CAP, all ? COUNT_CAP : bound);
    const jobs = all ?? merged(branches.map((branch) => branch(null, most + 1)));
    const [row] = await tx.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM (SELECT 1 FROM (${jobs}) AS jobs LIMIT ${most + 1}) AS capped`;
    const count = row?.count ?? 0;
    return { count: Math.min(count, most), capped: count > most };
  }
  const lists = branches.map(
    (branch) => Prisma.sql`SELECT count(*) FILTER (WHERE ${and(rest)})::int AS count, count(*)::int AS read
      FROM (${branch(null, bound + 1)}) AS jobs`,
  );
  const rows = await tx.$queryRaw<{ count: number; read: number }[]>`${merged(lists)}`;
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  return {
    count: Math.min(count, COUNT_CAP),
    capped: count > COUNT_CAP || rows.some(({ read }) => read > bound),
  };
}
