import { z } from "zod";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { COUNT_CAP, type Masker, readMasker, readSummaries, withoutSecrets } from "#lib/jobs/queries.ts";
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
const LISTED_ORIGINS = 8;
const SHOWN_ORIGINS = 100;
const EXAMPLES = 5;

type Origin = {
  function: string;
  routeId: string;
  method: string | null;
  path: string | null;
  dead: number;
  deaths: number;
  firstRevision: number | null;
  lastRevision: number | null;
  lastSeen: string;
};

type GroupRow = {
  fingerprint: string;
  name: string;
  message: string;
  dead: number;
  deaths: number;
  firstSeen: Date;
  lastSeen: Date;
  sinceRevision: number | null;
  /** Where its jobs came from, those with most dead first. */
  origins: Origin[];
  /** How many died in which of the last hours; `at` in milliseconds. */
  died: { at: number; deaths: number }[];
};

const routeOf = ({ routeId, method, path }: Pick<Origin, "routeId" | "method" | "path">) =>
  routeId === NOWHERE ? null : { id: routeId, method, path };

/** When the 24 hours of a trend begin, the oldest first. */
function hoursUntil(now: number): number[] {
  const last = Math.floor(now / HOUR_MS) * HOUR_MS;
  return Array.from({ length: HOURS }, (_, index) => last - (HOURS - 1 - index) * HOUR_MS);
}

type Wanted = {
  noted: boolean;
  /** Which rows of `groups`, in which order and how many: everything after FROM. */
  which: Prisma.Sql;
  fingerprints?: readonly string[];
  /** No more origins of a group than these. */
  origins: number;
  hours: readonly number[];
};

/** Groups with their origins and the last day's deaths, in one statement: a list is no slower for showing more. */
function readGroups(tx: Transaction, tenantId: string, wanted: Wanted): Promise<GroupRow[]> {
  const { noted, which, fingerprints, origins, hours } = wanted;
  const since = new Date(hours[0] as number);
  return tx.$queryRaw<GroupRow[]>`
    WITH wanted AS MATERIALIZED (
      SELECT *, row_number() OVER () AS place FROM (
        SELECT fingerprint, error_name, error_message, dead, deaths, first_seen, last_seen, first_revision
        FROM ${groupRows(tenantId, noted, fingerprints ?? null)} ${which}) AS page)
    SELECT wanted.fingerprint, error_name AS name, error_message AS message, dead::int, deaths::int,
      first_seen AS "firstSeen", last_seen AS "lastSeen", first_revision AS "sinceRevision",
      COALESCE((
        SELECT json_agg(json_build_object('function', origins.function, 'routeId', origins.route_id,
            'method', route.method, 'path', route.path, 'dead', origins.dead, 'deaths', origins.deaths,
            'firstRevision', origins.first_revision, 'lastRevision', origins.last_revision,
            'lastSeen', origins.last_seen)
          ORDER BY origins.dead DESC, origins.deaths DESC, origins.function, origins.route_id)
        FROM ${originRows(tenantId, noted, origins)}
        LEFT JOIN draft_routes route ON route.tenant_id = ${tenantId}::uuid AND route.id = origins.route_id
      ), '[]') AS origins,
      COALESCE((
        SELECT json_agg(json_build_object('at', (extract(epoch FROM died.at) * 1000)::bigint, 'deaths', died.deaths))
        FROM ${deathRows(tenantId, Prisma.sql`wanted.fingerprint`, noted, "hour", since)} AS died
      ), '[]') AS died
    FROM wanted ORDER BY place`;
}

/** `most` origins are told of those that were read, one more than that when there are more. */
function toGroup(row: GroupRow, hours: readonly number[], masker: Masker, most: number): DeadLetterGroup {
  const told = row.origins.slice(0, most);
  const died = new Map(row.died.map(({ at, deaths }) => [at, deaths]));
  const routes = new Map(
    told.flatMap((origin) => {
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
    trend: hours.map((hour) => died.get(hour) ?? 0),
    functions: [...new Set(told.map((origin) => origin.function))],
    routes: [...routes.values()],
    moreOrigins: row.origins.length > most,
    sinceRevision: row.sinceRevision,
  };
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
const PAIRS = [
  `([a-z0-9_.-]{1,80}=)[^&;\\s"',]+`,
  `([a-z0-9_.-]{1,80}["'\`]?\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*"?|'[^']*'|\`[^\`]*\`)`,
  `("[a-z0-9_.-]{1,80}"\\s*:\\s*)[^\\s,}"]+`,
];
const SEARCHED = Prisma.sql`error_name || CASE WHEN error_message ~ '^\\s*[[{]' THEN ''
  ELSE ': ' || ${withoutSecrets(Prisma.sql`error_message`, PAIRS)} END`;

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
  const hours = hoursUntil(Date.now());
  const rows = await readGroups(tx, tenantId, {
    noted: await hasNotes(tx, tenantId),
    which: Prisma.sql`WHERE ${Prisma.join(conditions, " AND ")}
      ORDER BY ${column} DESC, fingerprint DESC LIMIT ${input.limit + 1}`,
    origins: LISTED_ORIGINS + 1,
    hours,
  });
  const masker = await readMasker(tx, tenantId);
  const groups = rows.map((row) => toGroup(row, hours, masker, LISTED_ORIGINS));
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
    const hours = hoursUntil(Date.now());
    const [row] = await readGroups(tx, tenantId, {
      noted: true,
      which: Prisma.sql`WHERE deaths > 0`,
      fingerprints: [fingerprint],
      origins: SHOWN_ORIGINS + 1,
      hours,
    });
    if (!row) throw notFound("group of dead letters");
    const masker = await readMasker(tx, tenantId);
    const first = Math.floor(Date.now() / DAY_MS) * DAY_MS - (DAYS - 1) * DAY_MS;
    const byDay = await tx.$queryRaw<{ at: Date; deaths: number }[]>`
      SELECT at, deaths FROM ${deathRows(tenantId, Prisma.sql`${fingerprint}`, true, "day", new Date(first))} AS died`;
    const died = new Map(byDay.map((row) => [row.at.getTime(), row.deaths]));
    const examples = await readSummaries(
      tx,
      Prisma.sql`tenant_id = ${tenantId}::uuid AND error_fingerprint = ${fingerprint} AND state = 'dead'
        ORDER BY created_at DESC, id DESC LIMIT ${EXAMPLES}`,
      masker,
    );
    const tenant = await tx.tenant.findFirst({ where: { id: tenantId }, select: { liveRevision: true } });
    return {
      ...toGroup(row, hours, masker, SHOWN_ORIGINS),
      hours: hours.map((hour) => new Date(hour).toISOString()),
      days: Array.from({ length: DAYS }, (_, index) => {
        const at = first + index * DAY_MS;
        return { at: new Date(at).toISOString(), deaths: died.get(at) ?? 0 };
      }),
      origins: row.origins.slice(0, SHOWN_ORIGINS).map((origin) => ({
        function: origin.function,
        route: routeOf(origin),
        dead: origin.dead,
        deaths: origin.deaths,
        firstRevision: origin.firstRevision,
        lastRevision: origin.lastRevision,
        lastSeen: new Date(origin.lastSeen).toISOString(),
      })),
      liveRevision: tenant?.liveRevision ?? null,
      examples,
    };
  },
);
