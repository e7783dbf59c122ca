import type { Actor } from "#lib/access/actor.ts";
import { readQuestion } from "#lib/contract/desk-question.ts";
import type { JobState } from "#lib/contract/jobs.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { invalid, notFound } from "#lib/errors/domain-error.ts";
import { keyStatus } from "#lib/keys/rules.ts";
import { atDesk, type TenantColumns, tenantOf } from "./desk.ts";
import type { Found, FoundJob, FoundKey, FoundRefusal } from "./schema.ts";
import { noteSearch } from "./searches.ts";
import { readTenants } from "./tenants.ts";

/** Of each kind; whoever gets more has to ask more narrowly. */
const MOST = 20;

const TENANT = Prisma.sql`tenant_id AS "tenantId", tenant_slug AS "tenantSlug", tenant_name AS "tenantName"`;

type JobRow = TenantColumns & {
  id: string;
  function: string;
  steps: string[];
  state: JobState;
  attempts: number;
  maxAttempts: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  runAt: Date;
  requestId: string | null;
  errorFingerprint: string | null;
};

async function findJobs(tx: Transaction, id: string | null, request: string): Promise<FoundJob[]> {
  const rows = await tx.$queryRaw<JobRow[]>`
    SELECT ${TENANT}, id, function, steps, state, attempts, max_attempts AS "maxAttempts",
      created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt", run_at AS "runAt",
      request_id AS "requestId", error_fingerprint AS "errorFingerprint"
    FROM support_jobs(${id}::uuid, ${request}::text, ${MOST + 1}::int)`;
  return rows.map((row) => ({
    tenant: tenantOf(row),
    id: row.id,
    functions: row.steps.length > 0 ? row.steps : [row.function],
    state: row.state,
    attempts: row.attempts,
    maxAttempts: row.maxAttempts,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    runAt: row.runAt.toISOString(),
    requestId: row.requestId,
    errorFingerprint: row.errorFingerprint,
  }));
}

type RefusalRow = TenantColumns & Omit<FoundRefusal, "tenant" | "at"> & { at: Date };

async function findRefusals(tx: Transaction, request: string): Promise<FoundRefusal[]> {
  const rows = await tx.$queryRaw<RefusalRow[]>`
    SELECT ${TENANT}, request_id AS "requestId", at, status, code, method
    FROM support_refusals(${request}::text, ${MOST + 1}::int)`;
  return rows.map(({ requestId, at, status, code, method, ...row }) => ({
    tenant: tenantOf(row),
    requestId,
    at: at.toISOString(),
    status,
    code,
    method,
  }));
}

type KeyRow = TenantColumns & {
  id: string;
  name: string;
  prefix: string;
  lastFour: string;
  createdAt: Date;
  expiresAt: Date | null;
  graceEndsAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
};

type KeyQuestion = { id?: string; hash?: Buffer; begins?: string; lastFour?: string | null };

async function findKeys(tx: Transaction, { id, hash, begins, lastFour }: KeyQuestion): Promise<FoundKey[]> {
  const rows = await tx.$queryRaw<KeyRow[]>`
    SELECT ${TENANT}, id, name, prefix, last_four AS "lastFour", created_at AS "createdAt",
      expires_at AS "expiresAt", grace_ends_at AS "graceEndsAt", revoked_at AS "revokedAt",
      last_used_at AS "lastUsedAt"
    FROM support_keys(${id ?? null}::uuid, ${hash ?? null}::bytea, ${begins ?? null}::text,
      ${lastFour ?? null}::text, ${MOST + 1}::int)`;
  const now = new Date();
  return rows.map((row) => ({
    tenant: tenantOf(row),
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    lastFour: row.lastFour,
    status: keyStatus(row, now),
    createdAt: row.createdAt.toISOString(),
    expiresAt: (row.graceEndsAt ?? row.expiresAt)?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  }));
}

const NOTHING = { jobs: [], refusals: [], keys: [], tenants: [] };

async function lookFor(tx: Transaction, text: string): Promise<Omit<Found, "more">> {
  const question = readQuestion(text);
  if (question.kind === "nothing") return NOTHING;
  if (question.kind === "wrong") throw invalid([{ path: "q", message: question.why }]);
  if (question.kind === "key") {
    throw invalid([
      { path: "q", message: "is a whole key: that is looked up by its SHA-256, at /support/keys/lookup" },
    ]);
  }
  if (question.kind === "key-part") return { ...NOTHING, keys: await findKeys(tx, question) };
  if (question.kind === "id") {
    // Request ids may be UUIDs too, so the text does not tell which it is.
    return {
      ...NOTHING,
      jobs: await findJobs(tx, question.id, text),
      refusals: await findRefusals(tx, text),
      keys: await findKeys(tx, { id: question.id }),
    };
  }
  return {
    jobs: await findJobs(tx, null, question.text),
    refusals: await findRefusals(tx, question.text),
    keys: question.lastFour ? await findKeys(tx, { lastFour: question.lastFour }) : [],
    tenants: await readTenants(tx, { q: question.text, limit: MOST + 1 }),
  };
}

/**
 * Finds in every tenant what has this id, request id, part of a key or name, and writes down who asked. Throws `not_found` unless the actor is an
 * operator, and `invalid_input` for text that holds a whole key.
 */
export async function findAnywhere(actor: Actor, { q }: { q: string }): Promise<Found> {
  const { jobs, refusals, keys, tenants } = await atDesk(actor, async (tx) => {
    const looked = await lookFor(tx, q);
    const { kind } = readQuestion(q);
    if (kind !== "id" && kind !== "key-part" && kind !== "text") return looked;
    const found = [
      ...[...looked.jobs, ...looked.refusals, ...looked.keys].map(({ tenant }) => tenant),
      ...looked.tenants,
    ];
    await noteSearch(tx, actor, { kind, asked: q.trim().slice(0, 200), found });
    return looked;
  });
  return {
    jobs: jobs.slice(0, MOST),
    refusals: refusals.slice(0, MOST),
    keys: keys.slice(0, MOST),
    tenants: tenants.slice(0, MOST),
    more: [jobs, refusals, keys, tenants].some((list) => list.length > MOST),
  };
}

/** The key with this SHA-256, in whichever tenant. Throws `not_found`. */
export async function lookupKeyAnywhere(actor: Actor, { sha256 }: { sha256: string }): Promise<FoundKey> {
  const [key] = await atDesk(actor, async (tx) => {
    const keys = await findKeys(tx, { hash: Buffer.from(sha256, "hex") });
    await noteSearch(tx, actor, { kind: "key", asked: null, found: keys.map(({ tenant }) => tenant) });
    return keys;
  });
  if (!key) throw notFound("key");
  return key;
}
