import { type PayloadQuestion, readPayloadQuestion, termOf } from "#lib/contract/job-terms.ts";
import { type JobState, normalizeMessage } from "#lib/contract/jobs.ts";
import { PAIR } from "#lib/contract/secret-names.ts";
import { UNSEARCHED } from "#lib/contract/secret-text.ts";
import { isUuid } from "#lib/contract/uuid.ts";
import { Prisma } from "#lib/db/client.ts";
import { invalid } from "#lib/errors/domain-error.ts";
import { JOB_PERIODS, type JobFilters } from "./schema.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** A value is looked for in at most so many days, and in the last seven when nobody says in which. */
export const PAYLOAD_DAYS = 31;
const PAYLOAD_DAYS_UNTOLD = 7;
const DAY_MS = 86_400_000;
/** No more jobs with a value are looked through for the rest of what was asked. */
export const MAX_CANDIDATES = 5_000;

type When = { since: Prisma.Sql | null; until: Prisma.Sql | null };

/** Filters as the statements need them. Throws `invalid_input` (422) for what cannot be asked. */
export type ReadFilters = When & {
  states: JobState[] | null;
  payload: PayloadQuestion | null;
  /** A pattern for LIKE, in lower case. */
  error: string | null;
};

const escaped = (text: string) => text.replace(/[\\%_]/g, "\\$&");

/** What varies within a group of errors stands for anything, as it does in the group's fingerprint. */
function errorPattern(text: string): string {
  const told = UNSEARCHED.reduce((rest, secret) => rest.replace(new RegExp(secret, "gi"), "$1<n>"), text);
  const fixed = normalizeMessage(told.replace(PAIR, "$1=<n>"))
    .toLowerCase()
    .split(/<\w+>|#[a-j]{3}\b|\s+/);
  if (!fixed.some((part) => /[\p{L}]{2}/u.test(part))) {
    throw invalid([
      { path: "error", message: "says only what differs from error to error; give words of the message" },
    ]);
  }
  return `%${fixed.map(escaped).join("%")}%`;
}

function readWhen({ within, from, to }: JobFilters): When {
  if (within && from) throw invalid([{ path: "within", message: "is given together with from" }]);
  if (from && to && Date.parse(from) >= Date.parse(to)) {
    throw invalid([{ path: "to", message: "is not after from" }]);
  }
  return {
    since: from
      ? Prisma.sql`${from}::timestamptz`
      : within
        ? Prisma.sql`now() - make_interval(hours => ${JOB_PERIODS[within]}::int)`
        : null,
    until: to ? Prisma.sql`${to}::timestamptz` : null,
  };
}

function readPayload({ payload, within, from, to }: JobFilters): PayloadQuestion | null {
  if (!payload) return null;
  const read = readPayloadQuestion(payload);
  if (typeof read === "string") throw invalid([{ path: "payload", message: read }]);
  const end = to ? Date.parse(to) : Date.now();
  const start = from ? Date.parse(from) : within ? Date.now() - JOB_PERIODS[within] * 3_600_000 : null;
  if (start !== null && end - start > PAYLOAD_DAYS * DAY_MS) throw tooManyDays();
  return read;
}

/** Throws `invalid_input` (422), naming the filter that cannot be. */
export function readFilters(filters: JobFilters): ReadFilters {
  const states = filters.state ? ([...new Set(filters.state.split(","))] as JobState[]) : null;
  const payload = readPayload(filters);
  return {
    ...readWhen(filters),
    states,
    payload,
    error: filters.error ? errorPattern(filters.error) : null,
  };
}

/** Where a value is looked for: as told, else in the last days before the end. */
export function payloadWindow({ since, until }: When): { since: Prisma.Sql; until: Prisma.Sql } {
  const end = until ?? Prisma.sql`now() + interval '1 minute'`;
  return {
    since: since ?? Prisma.sql`${end} - make_interval(days => ${PAYLOAD_DAYS_UNTOLD}::int)`,
    until: end,
  };
}

/** The ids and dates of jobs with a value, by the function that may use the index. */
export function candidates(
  tenantId: string,
  { path, values }: PayloadQuestion,
  { since, until }: { since: Prisma.Sql; until: Prisma.Sql },
  { atMost, newestFirst = true, strict = false }: { atMost: number; newestFirst?: boolean; strict?: boolean },
): Prisma.Sql {
  const hashes = values.map((value) => termOf(tenantId, path, value));
  return Prisma.sql`jobs_with_value(${path}, ${hashes}::bigint[], ${since}, ${until}, ${atMost}::int,
    ${newestFirst}::boolean, ${strict}::boolean)`;
}

/** Jobs with this id, or made by a request with this id: both may be UUIDs, so the text does not tell which. */
function mayMean(tenantId: string, text: string): Prisma.Sql {
  const itself = isUuid(text.toLowerCase()) ? Prisma.sql`UNION SELECT ${text}::uuid` : Prisma.empty;
  return Prisma.sql`id IN (
    SELECT id FROM jobs WHERE tenant_id = ${tenantId}::uuid AND request_id = ${text} ${itself})`;
}

/** Quoted text and what stands behind `=`: it differs from error to error, and may be what the page masks. */
const UNTOLD = [`()(?:"[^"]*"|'[^']*'|\`[^\`]*\`)`, "(=)[^&;\\s\"',]+"];

const TOLD = withoutSecrets(Prisma.sql`left((error->>'name') || ': ' || (error->>'message'), 1000)`, UNTOLD);

/**
 * The fingerprints of the tenant's errors, and whether one example of each reads like `pattern`: goes from fingerprint to
 * fingerprint through the index and never over all jobs. No more than `atMost` are looked at; null for all.
 */
export const fingerprintsLike = (tenantId: string, pattern: string, atMost: number | null): Prisma.Sql =>
  Prisma.sql`
    WITH RECURSIVE met AS (
      (SELECT error_fingerprint AS f FROM jobs WHERE tenant_id = ${tenantId}::uuid
         AND error_fingerprint IS NOT NULL ORDER BY error_fingerprint LIMIT 1)
      UNION ALL
      SELECT (SELECT error_fingerprint FROM jobs WHERE tenant_id = ${tenantId}::uuid
         AND error_fingerprint > met.f ORDER BY error_fingerprint LIMIT 1)
      FROM met WHERE met.f IS NOT NULL),
    looked_at AS (SELECT f FROM met WHERE f IS NOT NULL LIMIT ${atMost}::int)
    SELECT f, (SELECT lower(${TOLD}) FROM jobs
      WHERE tenant_id = ${tenantId}::uuid AND error_fingerprint = f LIMIT 1) LIKE ${pattern} AS fits FROM looked_at`;

/** The parts of the predicate by the filter that each comes from; a payload's is left to the caller. */
export function partsOf(
  tenantId: string,
  filters: JobFilters,
  { states, since, until, error }: ReadFilters,
): Partial<
  Record<"state" | "function" | "route" | "key" | "time" | "fingerprint" | "error" | "named", Prisma.Sql>
> {
  const all = (conditions: (Prisma.Sql | null)[]) => {
    const given = conditions.filter((condition) => condition !== null);
    return given.length > 0 ? Prisma.join(given, " AND ") : undefined;
  };
  const parts = {
    state: states ? Prisma.sql`state = ANY(${states}::text[])` : undefined,
    function: filters.function ? Prisma.sql`function = ${filters.function}` : undefined,
    route: filters.route ? Prisma.sql`route_id = ${filters.route}::uuid` : undefined,
    key: filters.key ? Prisma.sql`api_key_id = ${filters.key}::uuid` : undefined,
    time: all([
      since ? Prisma.sql`created_at >= ${since}` : null,
      until ? Prisma.sql`created_at < ${until}` : null,
    ]),
    fingerprint: filters.fingerprint ? Prisma.sql`error_fingerprint = ${filters.fingerprint}` : undefined,
    error: error
      ? Prisma.sql`error_fingerprint IN (
          SELECT f FROM (${fingerprintsLike(tenantId, error, null)}) AS like_it WHERE fits)`
      : undefined,
    named: all([
      filters.id ? Prisma.sql`id = ${filters.id}::uuid` : null,
      filters.requestId ? Prisma.sql`request_id = ${filters.requestId}` : null,
      filters.q ? mayMean(tenantId, filters.q) : null,
    ]),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}

/**
 * The predicate over `jobs` that a list's filters mean, to be joined with AND: the list, its count and a selection
 * made from it all ask this. One by payload fails, and does not stop early, when more than 5,000 jobs have the value.
 * Throws `invalid_input` (422) for filters that cannot be asked.
 */
export function conditionsOf(tenantId: string, filters: JobFilters): Prisma.Sql[] {
  const read = readFilters(filters);
  const conditions = [
    Prisma.sql`tenant_id = ${tenantId}::uuid`,
    ...Object.values(partsOf(tenantId, filters, read)),
  ];
  if (read.payload) {
    const found = candidates(tenantId, read.payload, payloadWindow(read), {
      atMost: MAX_CANDIDATES + 1,
      strict: true,
    });
    conditions.push(Prisma.sql`id IN (SELECT job_id FROM ${found})`);
  }
  return conditions;
}

const tooManyDays = () =>
  invalid([
    {
      path: "from",
      message: `A payload value is looked for in at most ${PAYLOAD_DAYS} days; choose a shorter time.`,
    },
  ]);

const REFUSALS: Record<string, () => Error> = {
  GH001: tooManyDays,
  GH002: () =>
    invalid([{ path: "payload", message: "This value is masked in this tenant and cannot be searched." }]),
  GH003: () =>
    invalid([
      {
        path: "payload",
        message: `More than ${MAX_CANDIDATES.toLocaleString("en")} jobs have this value; choose a shorter time.`,
      },
    ]),
};

/** Runs a statement made from filters; what the search's function refuses becomes `invalid_input` (422). */
export async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = /\bGH00\d\b/.exec(codesOf(error))?.[0] ?? "";
    throw REFUSALS[code]?.() ?? error;
  }
}

/** The codes that an error and what caused it bear; the driver nests PostgreSQL's. */
function codesOf(error: unknown, depth = 0): string {
  if (depth > 4 || typeof error !== "object" || error === null) return "";
  const { code, originalCode, cause, meta } = error as Record<string, unknown>;
  const inner = (meta as Record<string, unknown> | undefined)?.driverAdapterError;
  return [code, originalCode, codesOf(cause, depth + 1), codesOf(inner, depth + 1)].join(" ");
}
