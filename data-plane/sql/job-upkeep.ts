import { DISPATCH } from "#lib/contract/channels.ts";
import { DEFAULT_RETENTION, RETENTION_OF, type Retention } from "#lib/contract/job-retention.ts";
import { inService } from "./jobs.ts";

/** What keeps the ledger in step with its dispatcher, and small. */

const QUEUE = `${DISPATCH.schema}.job`;

/** The SQL of dispatchId in lib/contract/jobs.ts: the job's id, counted up in its last 48 bits. */
const dispatchIdOf = (id: string, dispatch: string) =>
  `(left(${id}::text, 24) || lpad(to_hex(((('x' || right(${id}::text, 12))::bit(48)::bigint + ${dispatch} - 1)
    % 281474976710656)), 12, '0'))::uuid`;

/**
 * Jobs of tenants in service that should have been taken $1 ms ago and were not, in pages of $4 after the row ($2 due date, $3 id), and what
 * is wrong with their dispatch: nothing when the workers are only busy. One statement, so that a job which is being
 * taken at this moment is seen either with its dispatch or running.
 */
export const FIND_OVERDUE = `
  WITH overdue AS (
    SELECT id, tenant_id, dispatch, run_at, ${dispatchIdOf("id", "dispatch")} AS dispatch_id
    FROM jobs WHERE state IN ('queued', 'retrying') AND run_at < now() - $1 * interval '1 ms'
      AND (run_at, id) > ($2::timestamptz, $3::uuid) AND ${inService("jobs")}
    ORDER BY run_at, id LIMIT $4)
  SELECT overdue.id, overdue.tenant_id AS "tenantId", overdue.dispatch, overdue.run_at::text AS "runAt",
    overdue.dispatch_id AS "dispatchId",
    CASE WHEN queued.id IS NULL THEN 'dispatch_missing'
      WHEN queued.state NOT IN ('created', 'retry') OR queued.blocked OR queued.start_after > now()
        THEN 'dispatch_stuck' END AS wrong
  FROM overdue LEFT JOIN ${QUEUE} AS queued ON queued.name = '${DISPATCH.queue}' AND queued.id = overdue.dispatch_id
  ORDER BY overdue.run_at, overdue.id`;

/** $1 ids of the dispatcher's rows. */
export const DELETE_DISPATCHES = `DELETE FROM ${QUEUE} WHERE name = '${DISPATCH.queue}' AND id = ANY($1::uuid[])`;

const UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

/**
 * The dispatches after $1, $2 at most, that can start nothing any more: their job is gone, does not wait, or waits for
 * another. What is stale once is stale for ever. Those of a job that a person closed are no drift, for cancelling
 * leaves them. The first row's "last" is where the page ended; null when it was not full.
 */
export const FIND_ORPHANS = `
  WITH page AS (
    SELECT id, group_id, CASE WHEN data->>'id' ~ '${UUID}' THEN (data->>'id')::uuid END AS job_id,
      CASE WHEN jsonb_typeof(data->'dispatch') = 'number' THEN (data->>'dispatch')::numeric END AS dispatch
    FROM ${QUEUE} WHERE name = '${DISPATCH.queue}' AND id > $1::uuid ORDER BY id LIMIT $2),
  ended AS (
    SELECT CASE WHEN count(*) = $2 THEN (array_agg(id ORDER BY id DESC))[1] END AS last FROM page),
  orphans AS (
    SELECT page.id, page.job_id, COALESCE(jobs.tenant_id, tenants.id) AS tenant_id,
      jobs.state IS NOT DISTINCT FROM 'cancelled' OR jobs.state IS NOT DISTINCT FROM 'discarded' AS closed
    FROM page LEFT JOIN jobs ON jobs.id = page.job_id
    LEFT JOIN tenants ON jobs.id IS NULL AND tenants.id::text = page.group_id
    WHERE jobs.id IS NULL OR jobs.state NOT IN ('queued', 'retrying') OR page.dispatch IS DISTINCT FROM jobs.dispatch)
  SELECT ended.last, orphans.id, orphans.job_id AS "jobId", orphans.tenant_id AS "tenantId", orphans.closed
  FROM ended LEFT JOIN orphans ON true`;

/** Running jobs that no lease would ever give back; $1 at most. They are given back at once. */
export const EXPIRE_STRAYS = `
  UPDATE jobs SET lease_expires_at = now() - interval '1 s', worker_id = COALESCE(jobs.worker_id, (
    SELECT worker_id FROM job_attempts WHERE job_id = jobs.id AND number = jobs.attempts), jobs.id)
  WHERE id IN (
    SELECT id FROM jobs WHERE state = 'running'
      AND (lease_expires_at IS NULL OR worker_id IS NULL OR lease_expires_at > now() + interval '1 hour')
    LIMIT $1 FOR UPDATE SKIP LOCKED)
  RETURNING id AS "jobId", tenant_id AS "tenantId"`;

/**
 * Of the attempts before ($1 job, $2 number), newest jobs first and $3 at most, closes those that read as running
 * although their job does not run, or runs another one; $4 what they end with. The first row's "last" is where the page ended.
 */
export const CLOSE_LEFT_OPEN = `
  WITH page AS (
    SELECT job_id, number, outcome FROM job_attempts WHERE (job_id, number) < ($1::uuid, $2::int)
    ORDER BY job_id DESC, number DESC LIMIT $3),
  ended AS (
    SELECT job_id, number FROM page WHERE (SELECT count(*) FROM page) = $3 ORDER BY job_id, number LIMIT 1),
  closed AS (
    UPDATE job_attempts SET outcome = 'lost', finished_at = now(), error = $4::json
    FROM page JOIN jobs ON jobs.id = page.job_id
    WHERE page.outcome = 'running' AND (jobs.state <> 'running' OR jobs.attempts <> page.number)
      AND job_attempts.job_id = page.job_id AND job_attempts.number = page.number
      AND job_attempts.outcome = 'running'
    RETURNING job_attempts.job_id, job_attempts.tenant_id)
  SELECT ended.job_id AS "lastJob", ended.number AS "lastNumber", closed.job_id AS "jobId",
    closed.tenant_id AS "tenantId"
  FROM (SELECT) AS always LEFT JOIN ended ON true LEFT JOIN closed ON true`;

/** $1 tenants, $2 kinds, $3 counts, $4 a job of each: adds to what the tenants are told. */
export const REPORT_REPAIRS = `
  INSERT INTO job_repairs (tenant_id, kind, hour, count, last_at, job_id)
  SELECT repaired.tenant_id, kind, date_trunc('hour', now()), count, now(), job_id
  FROM unnest($1::uuid[], $2::text[], $3::int[], $4::uuid[]) AS repaired(tenant_id, kind, count, job_id)
  JOIN tenants ON tenants.id = repaired.tenant_id
  ON CONFLICT (tenant_id, hour, kind) DO UPDATE SET count = job_repairs.count + EXCLUDED.count,
    last_at = EXCLUDED.last_at, job_id = EXCLUDED.job_id`;

/** Repairs that nobody is told of any more. */
export const FORGET_REPAIRS = "DELETE FROM job_repairs WHERE hour < now() - interval '30 days'";

/** Idempotency keys past their time; $1 at most. */
export const FORGET_IDEMPOTENCY_KEYS = `
  DELETE FROM job_idempotency WHERE (tenant_id, scope, key) IN (
    SELECT tenant_id, scope, key FROM job_idempotency WHERE expires_at < now() LIMIT $1)`;

const COLUMNS: Record<keyof Retention, string> = {
  succeeded: "retention_days_succeeded",
  dead: "retention_days_dead",
  closed: "retention_days_closed",
};
const KEPT = Object.entries(RETENTION_OF)
  .map(([state, which]) => `('${state}', COALESCE(settings.${COLUMNS[which]}, ${DEFAULT_RETENTION[which]}))`)
  .join(", ");

/**
 * Deletes up to $1 jobs whose time is over, each with all that belongs to it. Asks the index of ended jobs once for
 * every tenant and state, so what is kept costs nothing; a job that somebody acts on at this moment is passed over.
 */
export const DELETE_PAST_RETENTION = `
  WITH due AS MATERIALIZED (
    SELECT over.id
    FROM tenants LEFT JOIN job_settings AS settings ON settings.tenant_id = tenants.id
    CROSS JOIN LATERAL (VALUES ${KEPT}) AS kept(state, days)
    CROSS JOIN LATERAL (
      SELECT id FROM jobs
      WHERE jobs.tenant_id = tenants.id AND jobs.state = kept.state AND jobs.held_at IS NULL
        AND jobs.finished_at < now() - kept.days * interval '1 day'
      ORDER BY jobs.finished_at LIMIT $1 FOR UPDATE SKIP LOCKED) AS over
    LIMIT $1)
  DELETE FROM jobs WHERE id = ANY(ARRAY(SELECT id FROM due))`;
