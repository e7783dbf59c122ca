import { z } from "zod";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { COUNT_CAP, readMasker, readSummary } from "#lib/jobs/queries.ts";
import { cameFrom, deathRows, groupRows, hasNotes, NOWHERE, originRows } from "./group-rows.ts";
import {
  type DeadLetterGroup,
  type DeadLetterGroupDetail,
  type DeadLetterSummary,
  fingerprintSchema,
  type GroupSort,
} from "./schema.ts";

export { getRun, listRunItems, listRuns } from "./run-queries.ts";

const HOURS = 24;
const DAYS = 30;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Functions and routes that a list names of a group. */
const LISTED_ORIGINS = 30;
const SHOWN_ORIGINS = 100;
const EXAMPLES = 5;

type GroupRow = {
  fingerprint: string;
  name: string;
  message: string;
  dead: number;
  deaths: number;
  firstSeen: Date;
  lastSeen: Date;
  sinceRevision: number | null;
};
const COLUMNS = Prisma.sql`fingerprint, error_name AS name, error_message AS message, dead::int, deaths::int,
  first_seen AS "firstSeen", last_seen AS "lastSeen",
  first_revision AS "sinceRevision"`;

type OriginRow = {
  fingerprint: string;
  function: string;
  routeId: string;
  method: string | null;
  path: string | null;
  dead: number;
  deaths: number;
  firstRevision: number | null;
  lastRevision: number | null;
  lastSeen: Date;
};

/** Where each group's jobs came from, those with most dead first; at most `most` of a group. */
async function readOrigins(
  tx: Transaction,
  tenantId: string,
  fingerprints: readonly string[],
  most: number,
): Promise<OriginRow[]> {
  const noted = await hasNotes(tx, tenantId);
  return tx.$queryRaw<OriginRow[]>`
    SELECT wanted.fingerprint, origins.function, origins.route_id AS "routeId", route.method, route.path,
      origins.dead::int, origins.deaths::int, origins.first_revision AS "firstRevision",
      origins.last_revision AS "lastRevision", origins.last_seen AS "lastSeen"
    FROM unnest(${[...fingerprints]}::text[]) WITH ORDINALITY AS wanted(fingerprint, place)
    CROSS JOIN LATERAL ${originRows(tenantId, noted, most)}
    LEFT JOIN draft_routes route ON route.tenant_id = ${tenantId}::uuid AND route.id = origins.route_id
    ORDER BY wanted.place, origins.dead DESC, origins.deaths DESC, origins.function, origins.route_id`;
}

const routeOf = ({ routeId, method, path }: Pick<OriginRow, "routeId" | "method" | "path">) =>
  routeId === NOWHERE ? null : { id: routeId, method, path };

/** When the 24 hours of a trend begin, the oldest first. */
function hoursUntil(now: number): number[] {
  const last = Math.floor(now / HOUR_MS) * HOUR_MS;
  return Array.from({ length: HOURS }, (_, index) => last - (HOURS - 1 - index) * HOUR_MS);
}

async function withOrigins(tx: Transaction, tenantId: string, rows: readonly GroupRow[], most: number) {
  const fingerprints = rows.map(({ fingerprint }) => fingerprint);
  const hours = hoursUntil(Date.now());
  if (rows.length === 0) return { groups: [], origins: [], hours };
  const origins = await readOrigins(tx, tenantId, fingerprints, most);
  const masker = await readMasker(tx, tenantId);
  const deaths = await tx.$queryRaw<{ fingerprint: string; at: Date; deaths: number }[]>(
    deathRows(tenantId, fingerprints, "hour", new Date(hours[0] as number)),
  );
  const died = new Map(deaths.map((row) => [`${row.fingerprint} ${row.at.getTime()}`, row.deaths]));
  const groups = rows.map((row): DeadLetterGroup => {
    const own = origins.filter(({ fingerprint }) => fingerprint === row.fingerprint);
    const routes = new Map(
      own.flatMap((origin) => {
        const route = routeOf(origin);
        return route ? [[route.id, route] as const] : [];
      }),
    );
    return {
      fingerprint: row.fingerprint,
      error: { name: row.name, message: masker.text(row.message) },
      dead: row.dead,
      deaths: row.deaths,
      firstSeen: row.firstSeen.toISOString(),
      lastSeen: row.lastSeen.toISOString(),
      trend: hours.map((hour) => died.get(`${row.fingerprint} ${hour}`) ?? 0),
      functions: [...new Set(own.map((origin) => origin.function))],
      routes: [...routes.values()],
      sinceRevision: row.sinceRevision,
    };
  });
  return { groups, origins, hours };
}

type ListInput = {
  q?: string | undefined;
  function?: string | undefined;
  routeId?: string | undefined;
  sort: GroupSort;
  limit: number;
  cursor?: string | undefined;
};

const SORTS: Record<GroupSort, { column: Prisma.Sql; cast: Prisma.Sql; part: z.ZodType<string> }> = {
  last_seen: { column: Prisma.sql`last_seen`, cast: Prisma.sql`timestamptz`, part: z.iso.datetime() },
  first_seen: { column: Prisma.sql`first_seen`, cast: Prisma.sql`timestamptz`, part: z.iso.datetime() },
  dead: { column: Prisma.sql`dead`, cast: Prisma.sql`bigint`, part: z.string().regex(/^\d{1,15}$/) },
};

/** What is shown masked must not be found out by searching: values of pairs, and messages that are JSON, are left out. */
const SEARCHED = Prisma.sql`error_name || CASE WHEN error_message ~ '^\\s*[[{]' THEN '' ELSE
  ': ' || regexp_replace(error_message, '([A-Za-z0-9_.-]{1,80})=[^&;[:space:]"'',]+', '\\1=', 'g') END`;

function narrowing(tenantId: string, { q, function: name, routeId }: ListInput): Prisma.Sql[] {
  const conditions: Prisma.Sql[] = [];
  if (q) {
    conditions.push(Prisma.sql`(strpos(lower(${SEARCHED}), lower(${q})) > 0 OR fingerprint = ${q}
      OR ${cameFrom(tenantId, Prisma.sql`came.function = ${q}`)})`);
  }
  if (name) conditions.push(cameFrom(tenantId, Prisma.sql`came.function = ${name}`));
  if (routeId) conditions.push(cameFrom(tenantId, Prisma.sql`came.route_id = ${routeId}::uuid`));
  return conditions;
}

/** One page of the groups that have dead jobs now, the latest, largest or newest first. */
export const listGroups = defineQuery("tenant.read", async ({ tx, actor }, input: ListInput) => {
  const tenantId = actor.tenant.id;
  const { column, cast, part } = SORTS[input.sort];
  const after = decodeCursor(input.cursor, [part, fingerprintSchema]);
  const conditions = [Prisma.sql`dead > 0`, ...narrowing(tenantId, input)];
  if (after) conditions.push(Prisma.sql`(${column}, fingerprint) < (${after[0]}::${cast}, ${after[1]})`);
  const rows = await tx.$queryRaw<GroupRow[]>`
    SELECT ${COLUMNS} FROM ${groupRows(tenantId, await hasNotes(tx, tenantId))}
    WHERE ${Prisma.join(conditions, " AND ")}
    ORDER BY ${column} DESC, fingerprint DESC LIMIT ${input.limit + 1}`;
  const { groups } = await withOrigins(tx, tenantId, rows, LISTED_ORIGINS);
  const place = (group: DeadLetterGroup) =>
    input.sort === "dead"
      ? String(group.dead)
      : input.sort === "last_seen"
        ? group.lastSeen
        : group.firstSeen;
  return toPage(
    groups,
    input.limit,
    (group) => [place(group), group.fingerprint],
    (group) => group,
  );
});

/** How many groups there are, no further than 10,000, and how many dead jobs, exactly. */
export const getSummary = defineQuery(
  "tenant.read",
  async (
    { tx, actor },
    filters: Omit<ListInput, "limit" | "sort" | "cursor">,
  ): Promise<DeadLetterSummary> => {
    const tenantId = actor.tenant.id;
    const conditions = [Prisma.sql`dead > 0`, ...narrowing(tenantId, { ...filters, sort: "dead", limit: 1 })];
    const [row] = await tx.$queryRaw<{ groups: number; dead: number }[]>`
      SELECT count(*)::int AS groups, COALESCE(sum(dead), 0)::int AS dead
      FROM ${groupRows(tenantId, await hasNotes(tx, tenantId))} WHERE ${Prisma.join(conditions, " AND ")}`;
    const { groups, dead } = row ?? { groups: 0, dead: 0 };
    return { groups: { count: Math.min(groups, COUNT_CAP), capped: groups > COUNT_CAP }, dead };
  },
);

/** One group with its story; also when none of its jobs is dead any more. Throws `not_found`. */
export const getGroup = defineQuery(
  "tenant.read",
  async ({ tx, actor }, { fingerprint }: { fingerprint: string }): Promise<DeadLetterGroupDetail> => {
    const tenantId = actor.tenant.id;
    if (!fingerprintSchema.safeParse(fingerprint).success) throw notFound("group of dead letters");
    const rows = await tx.$queryRaw<GroupRow[]>`
      SELECT ${COLUMNS} FROM ${groupRows(tenantId, true, [fingerprint])} WHERE deaths > 0`;
    const { groups, origins, hours } = await withOrigins(tx, tenantId, rows, SHOWN_ORIGINS);
    const [group] = groups;
    if (!group) throw notFound("group of dead letters");
    const first = Math.floor(Date.now() / DAY_MS) * DAY_MS - (DAYS - 1) * DAY_MS;
    const byDay = await tx.$queryRaw<{ at: Date; deaths: number }[]>(
      deathRows(tenantId, [fingerprint], "day", new Date(first)),
    );
    const died = new Map(byDay.map((row) => [row.at.getTime(), row.deaths]));
    const ids = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM jobs WHERE tenant_id = ${tenantId}::uuid AND error_fingerprint = ${fingerprint}
        AND state = 'dead' ORDER BY created_at DESC, id DESC LIMIT ${EXAMPLES}`;
    const examples = [];
    for (const { id } of ids) examples.push(await readSummary(tx, tenantId, id));
    const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
    return {
      ...group,
      hours: hours.map((hour) => new Date(hour).toISOString()),
      days: Array.from({ length: DAYS }, (_, index) => {
        const at = first + index * DAY_MS;
        return { at: new Date(at).toISOString(), deaths: died.get(at) ?? 0 };
      }),
      origins: origins.map((origin) => ({
        function: origin.function,
        route: routeOf(origin),
        dead: origin.dead,
        deaths: origin.deaths,
        firstRevision: origin.firstRevision,
        lastRevision: origin.lastRevision,
        lastSeen: origin.lastSeen.toISOString(),
      })),
      liveRevision: tenant?.liveRevision ?? null,
      examples,
    };
  },
);
