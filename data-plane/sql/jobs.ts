import { DISPATCH } from "#lib/contract/channels.ts";
import { IDEMPOTENCY_HOURS } from "#lib/contract/jobs.ts";

/** The ledger's statements, one for each thing that the data plane does to a job. */

const NEW_JOB_COLUMNS = `id, tenant_id, function, state, input, max_attempts, timeout_ms, route_id, revision,
  api_key_id, request_id, enqueued_by, steps, step, step_attempts, run_at`;
const NEW_JOB_VALUES = `$1::uuid, $2::uuid, $3, 'queued', $4::json, $5::int, $6::int, $7::uuid, $8::int,
  $9::uuid, $10, $11, $12::text[], CASE WHEN $12::text[] <> '{}' THEN 0 END,
  CASE WHEN $12::text[] <> '{}' THEN $5::int END, now() + $13::float8 * interval '1 s'`;
/** How many values a job takes; those of its idempotency follow. */
const NEW_JOB_VALUE_COUNT = 13;

/**
 * What the job in `made` can be found by, as jobs_with_value looks for it: the hour of its row is mixed into each term.
 */
const findableBy = (terms: string) => `
  INSERT INTO job_terms (job_id, tenant_id, created_at, terms)
  SELECT made.id, made.tenant_id, made.created_at, ARRAY(
    SELECT term # (floor(extract(epoch FROM made.created_at) / 3600)::bigint << 40) FROM unnest(${terms}::bigint[]) term)
  FROM made WHERE ${terms}::bigint[] <> '{}'`;

/** $1–$13: the job; $12 its steps, none for a plain one; $13 seconds until it is due. Then what it is found by. */
export const INSERT_JOB = `
  WITH made AS (
    INSERT INTO jobs (${NEW_JOB_COLUMNS}) VALUES (${NEW_JOB_VALUES}) RETURNING id, tenant_id, created_at)
  ${findableBy(`$${NEW_JOB_VALUE_COUNT + 1}`)}`;

/** $1–$13: a job that nothing can be found by. */
export const INSERT_JOB_WITHOUT_TERMS = `INSERT INTO jobs (${NEW_JOB_COLUMNS}) VALUES (${NEW_JOB_VALUES})`;

/**
 * $1–$13: the job; then scope and key of its idempotency, then what it is found by. Gives no row when the key names a job already. Of
 * two that come at once, the second waits for the first to commit and then affects none.
 */
export const INSERT_JOB_ONCE = `
  WITH claimed AS (
    INSERT INTO job_idempotency (tenant_id, scope, key, job_id, expires_at)
    VALUES ($2::uuid, $${NEW_JOB_VALUE_COUNT + 1}, $${NEW_JOB_VALUE_COUNT + 2}, $1::uuid, now() + interval '${IDEMPOTENCY_HOURS} hours')
    ON CONFLICT (tenant_id, scope, key) DO UPDATE
      SET job_id = EXCLUDED.job_id, expires_at = EXCLUDED.expires_at
      WHERE job_idempotency.expires_at <= now()
    RETURNING job_id),
  made AS (
    INSERT INTO jobs (${NEW_JOB_COLUMNS}) SELECT ${NEW_JOB_VALUES} FROM claimed RETURNING id, tenant_id, created_at),
  findable AS (${findableBy(`$${NEW_JOB_VALUE_COUNT + 3}`)})
  SELECT job_id FROM claimed`;

/** $1 tenant, $2 scope, $3 key: the job that the key names. */
export const FIND_BY_IDEMPOTENCY_KEY = `
  SELECT jobs.id, jobs.state FROM job_idempotency AS known
  JOIN jobs ON jobs.id = known.job_id AND jobs.tenant_id = known.tenant_id
  WHERE known.tenant_id = $1::uuid AND known.scope = $2 AND known.key = $3 AND known.expires_at > now()`;

/** Whether a row's tenant is not deleted. */
export const inService = (row: string) =>
  `EXISTS (SELECT FROM tenants WHERE tenants.id = ${row}.tenant_id AND tenants.deleted_at IS NULL)`;

const UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

/**
 * $1 how many at most, $2 worker, $3 lease in ms. Takes dispatches off pg-boss's queue, in its own order, and with each
 * the job whose dispatch is the one that may run now; opens an attempt for each and gives them with their tenant's
 * slug, and a pipeline's with the results of its finished steps in order. Other dispatches are stale, and dropped, and
 * so are those of a deleted tenant's jobs: they wait, and are sent anew when the tenant is restored. The
 * first row's "fetched" is how many there were; its other columns are null when none could be claimed.
 *
 * pg-boss's own fetch marks a row and leaves it to be deleted; that is two more versions of each row, and two more
 * round trips.
 */
export const TAKE_JOBS = `
  WITH taken AS (
    DELETE FROM ${DISPATCH.schema}.job WHERE name = '${DISPATCH.queue}' AND id = ANY(ARRAY(
      SELECT id FROM ${DISPATCH.schema}.job
      WHERE name = '${DISPATCH.queue}' AND state < 'active' AND NOT blocked AND start_after <= now()
      ORDER BY priority DESC, created_on LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING CASE WHEN data->>'id' ~ '${UUID}' THEN (data->>'id')::uuid END AS id,
      CASE WHEN jsonb_typeof(data->'dispatch') = 'number' THEN (data->>'dispatch')::numeric END AS dispatch),
  claimed AS (
    UPDATE jobs SET state = 'running', attempts = jobs.attempts + 1, worker_id = $2::uuid,
      started_at = COALESCE(jobs.started_at, now()), lease_expires_at = now() + $3 * interval '1 ms'
    FROM taken
    WHERE jobs.id = taken.id AND jobs.dispatch = taken.dispatch AND jobs.state IN ('queued', 'retrying')
      AND ${inService("jobs")}
    RETURNING jobs.*),
  opened AS (
    INSERT INTO job_attempts (job_id, number, tenant_id, worker_id, started_at, outcome, step)
    SELECT id, attempts, tenant_id, worker_id, now(), 'running', step FROM claimed)
  SELECT fetched.count AS fetched, claimed.id, claimed.tenant_id AS "tenantId", tenants.slug AS tenant, claimed.function, claimed.input,
    claimed.attempts AS attempt, claimed.max_attempts AS "maxAttempts", claimed.timeout_ms AS "timeoutMs",
    claimed.route_id AS "routeId", claimed.revision, claimed.api_key_id AS "apiKeyId",
    claimed.request_id AS "requestId", claimed.steps, claimed.step, claimed.step_base AS "stepBase",
    CASE WHEN claimed.step > 0 THEN (
      SELECT json_agg(job_steps.result ORDER BY job_steps.step) FROM job_steps
      WHERE job_steps.job_id = claimed.id) END AS "stepResults"
  FROM (SELECT count(*)::int AS count FROM taken) AS fetched
  LEFT JOIN (claimed JOIN tenants ON tenants.id = claimed.tenant_id) ON true`;

/**
 * Ends attempts, by arrays of one element each: $1 job, $2 attempt number, $3 worker, $4 outcome, $5 new state,
 * $6 result, $7 error, $8 fingerprint, $9 delay in seconds, $10 what it wrote. Whoever lost the lease meanwhile changes nothing.
 * `queued` is a pipeline's step that succeeded: its result is kept, and the job goes on to the next step with its
 * full allowance. Gives what changed; `retrying` and `queued` ones still want their new dispatch sent.
 */
export const END_ATTEMPTS = `
  WITH ended AS (
    SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::float8[], $10::text[])
      AS ended(id, number, worker, outcome, state, result, error, fingerprint, delay, logs)),
  settled AS (
    UPDATE jobs SET state = ended.state, error = ended.error::json,
      error_fingerprint = ended.fingerprint, lease_expires_at = NULL, worker_id = NULL,
      result = CASE ended.state WHEN 'succeeded' THEN ended.result::json END,
      dispatch = CASE WHEN ended.state IN ('retrying', 'queued') THEN jobs.dispatch + 1 ELSE jobs.dispatch END,
      run_at = CASE WHEN ended.state IN ('retrying', 'queued') THEN now() + ended.delay * interval '1 s'
        ELSE jobs.run_at END,
      finished_at = CASE WHEN ended.state IN ('retrying', 'queued') THEN NULL ELSE now() END,
      function = CASE ended.state WHEN 'queued' THEN jobs.steps[jobs.step + 2] ELSE jobs.function END,
      step = CASE ended.state WHEN 'queued' THEN jobs.step + 1 ELSE jobs.step END,
      step_base = CASE ended.state WHEN 'queued' THEN jobs.attempts ELSE jobs.step_base END,
      max_attempts = CASE ended.state WHEN 'queued' THEN jobs.attempts + jobs.step_attempts
        ELSE jobs.max_attempts END
    FROM ended
    WHERE jobs.id = ended.id AND jobs.state = 'running' AND jobs.worker_id = ended.worker
      AND jobs.attempts = ended.number
    RETURNING jobs.id, jobs.tenant_id, jobs.function, jobs.state, jobs.dispatch, jobs.step, jobs.route_id,
      jobs.revision, jobs.request_id, ended.number, ended.outcome, ended.result, ended.error, ended.fingerprint,
      ended.delay, ended.logs),
  kept AS (
    INSERT INTO job_steps (job_id, step, tenant_id, result)
    SELECT id, step - 1, tenant_id, result::json FROM settled WHERE state = 'queued'),
  closed AS (
    UPDATE job_attempts SET outcome = settled.outcome, error = settled.error::json, logs = settled.logs::json,
      finished_at = now()
    FROM settled WHERE job_attempts.job_id = settled.id AND job_attempts.number = settled.number)
  SELECT id, tenant_id AS "tenantId", function, state, number AS attempt, outcome, dispatch,
    delay AS "delaySeconds", route_id AS "routeId", revision, request_id AS "requestId", error::json AS error,
    fingerprint
  FROM settled`;

/**
 * $1 job ids, $2 attempt of each, $3 worker, $4 lease in ms. Rows being settled at this moment are passed over, and a
 * deleted tenant's leases run out.
 */
export const EXTEND_LEASES = `
  UPDATE jobs SET lease_expires_at = now() + $4 * interval '1 ms'
  WHERE id IN (
    SELECT jobs.id FROM jobs JOIN unnest($1::uuid[], $2::int[]) AS held(id, attempt)
      ON jobs.id = held.id AND jobs.attempts = held.attempt
    WHERE jobs.state = 'running' AND jobs.worker_id = $3::uuid AND ${inService("jobs")}
    FOR UPDATE OF jobs SKIP LOCKED)`;

/** $1 job ids, $2 attempt of each, $3 worker: those that the worker believes to hold and does not. */
export const FIND_LOST_LEASES = `
  SELECT held.id, held.attempt FROM unnest($1::uuid[], $2::int[]) AS held(id, attempt)
  LEFT JOIN jobs ON jobs.id = held.id AND jobs.attempts = held.attempt AND jobs.state = 'running'
    AND jobs.worker_id = $3::uuid AND ${inService("jobs")}
  WHERE jobs.id IS NULL`;

/** $1 job, $2 attempt, $3 log: keeps what an attempt wrote that was ended from outside. */
export const KEEP_LOG = `
  UPDATE job_attempts SET logs = $3::json
  WHERE job_id = $1::uuid AND number = $2::int AND outcome <> 'running' AND logs IS NULL`;

/** Attempts whose worker has stopped extending their lease, locked for whoever asks first. $1 at most. */
export const LOCK_EXPIRED = `
  SELECT id, function, attempts AS attempt, max_attempts AS "maxAttempts", worker_id AS "workerId",
    step_base AS "stepBase"
  FROM jobs WHERE state = 'running' AND lease_expires_at < now()
  ORDER BY lease_expires_at LIMIT $1 FOR UPDATE SKIP LOCKED`;
