/** The statements of dead letters: folding the ledger's notes into groups, and carrying out runs. */

/** One worker folds at a time; the number means nothing. */
export const LOCK_FOLDING = "SELECT pg_try_advisory_xact_lock(7_310_255_001) AS locked";

/**
 * Takes up to $1 notes of jobs that came to be dead or ceased to be, and adds them to their groups, origins and hours.
 * Whoever reads sees a note either as a note or folded in, never both.
 */
export const FOLD_CHANGES = `
  WITH taken AS (
    DELETE FROM dead_letter_changes WHERE id IN (
      SELECT id FROM dead_letter_changes ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
    RETURNING *),
  grouped AS (
    INSERT INTO dead_letter_groups AS known
      (tenant_id, fingerprint, error_name, error_message, dead, deaths, first_seen, last_seen, first_revision)
    SELECT tenant_id, fingerprint,
      COALESCE((array_agg(error_name ORDER BY at DESC, id DESC) FILTER (WHERE change = 1))[1], ''),
      COALESCE((array_agg(error_message ORDER BY at DESC, id DESC) FILTER (WHERE change = 1))[1], ''),
      sum(change), count(*) FILTER (WHERE change = 1),
      COALESCE(min(at) FILTER (WHERE change = 1), 'infinity'),
      COALESCE(max(at) FILTER (WHERE change = 1), '-infinity'), min(revision) FILTER (WHERE change = 1)
    FROM taken GROUP BY tenant_id, fingerprint
    ON CONFLICT (tenant_id, fingerprint) DO UPDATE SET
      dead = known.dead + EXCLUDED.dead, deaths = known.deaths + EXCLUDED.deaths,
      error_name = CASE WHEN EXCLUDED.deaths > 0 THEN EXCLUDED.error_name ELSE known.error_name END,
      error_message = CASE WHEN EXCLUDED.deaths > 0 THEN EXCLUDED.error_message ELSE known.error_message END,
      first_seen = LEAST(known.first_seen, EXCLUDED.first_seen),
      last_seen = GREATEST(known.last_seen, EXCLUDED.last_seen),
      first_revision = LEAST(known.first_revision, EXCLUDED.first_revision)),
  came AS (
    INSERT INTO dead_letter_origins AS known (tenant_id, fingerprint, function, route_id, dead, deaths,
      first_revision, last_revision, first_seen, last_seen)
    SELECT tenant_id, fingerprint, function, COALESCE(route_id, '00000000-0000-0000-0000-000000000000'),
      sum(change), count(*) FILTER (WHERE change = 1),
      min(revision) FILTER (WHERE change = 1), max(revision) FILTER (WHERE change = 1),
      COALESCE(min(at) FILTER (WHERE change = 1), 'infinity'), COALESCE(max(at) FILTER (WHERE change = 1), '-infinity')
    FROM taken GROUP BY 1, 2, 3, 4
    ON CONFLICT (tenant_id, fingerprint, function, route_id) DO UPDATE SET
      dead = known.dead + EXCLUDED.dead, deaths = known.deaths + EXCLUDED.deaths,
      first_revision = LEAST(known.first_revision, EXCLUDED.first_revision),
      last_revision = GREATEST(known.last_revision, EXCLUDED.last_revision),
      first_seen = LEAST(known.first_seen, EXCLUDED.first_seen),
      last_seen = GREATEST(known.last_seen, EXCLUDED.last_seen)),
  hours AS (
    INSERT INTO dead_letter_hours AS known (tenant_id, fingerprint, hour, deaths)
    SELECT tenant_id, fingerprint, date_trunc('hour', at), count(*) FROM taken
    WHERE change = 1 AND at > now() - interval '31 days' GROUP BY 1, 2, 3
    ON CONFLICT (tenant_id, fingerprint, hour) DO UPDATE SET deaths = known.deaths + EXCLUDED.deaths)
  SELECT count(*)::int AS folded FROM taken`;

/**
 * What nobody asks for any more; each at most $1 rows. A group without dead jobs is remembered for half a year, so
 * that an error that comes back is not taken for a new one.
 */
export const FORGET = [
  `DELETE FROM dead_letter_hours WHERE (tenant_id, fingerprint, hour) IN (
     SELECT tenant_id, fingerprint, hour FROM dead_letter_hours WHERE hour < now() - interval '31 days' LIMIT $1)`,
  `DELETE FROM dead_letter_origins AS origin USING (
     SELECT tenant_id, fingerprint FROM dead_letter_groups
     WHERE dead = 0 AND last_seen < now() - interval '180 days' LIMIT $1) AS gone
   WHERE origin.tenant_id = gone.tenant_id AND origin.fingerprint = gone.fingerprint`,
  `DELETE FROM dead_letter_groups AS old WHERE dead = 0 AND last_seen < now() - interval '180 days'
     AND NOT EXISTS (SELECT FROM dead_letter_origins AS origin
       WHERE origin.tenant_id = old.tenant_id AND origin.fingerprint = old.fingerprint) AND $1 > 0`,
  `DELETE FROM dead_letter_runs WHERE id IN (
     SELECT id FROM dead_letter_runs WHERE state = 'prepared' AND expires_at < now() - interval '1 hour'
     ORDER BY expires_at LIMIT 5) AND $1 > 0`,
];

/**
 * The run that has waited longest for its next batch, held until the transaction ends. One of a deleted tenant waits
 * as its jobs do, and goes on when the tenant is restored.
 */
export const LOCK_RUN = `
  SELECT run.id, run.tenant_id AS "tenantId", run.action, run.actor_id AS "actorId",
    run.actor_label AS "actorLabel", run.reason, run.rate_per_minute AS "ratePerMinute", run.canary,
    run.canary_state AS "canaryState", run.position, run.total, run.done, run.succeeded, run.died,
    run.other_ends AS "otherEnds", run.stop_after AS "stopAfter", run.held_up AS "heldUp"
  FROM dead_letter_runs AS run JOIN tenants ON tenants.id = run.tenant_id
  WHERE run.state = 'running' AND run.next_at <= now() AND tenants.deleted_at IS NULL
  ORDER BY run.next_at LIMIT 1 FOR UPDATE OF run SKIP LOCKED`;

/** How many of the tenant's jobs wait for their turn, counted no further than $2. */
export const COUNT_QUEUED = `
  SELECT count(*)::int AS queued FROM (
    SELECT FROM jobs WHERE tenant_id = $1::uuid AND state = 'queued' LIMIT $2) AS waiting`;

/** $1 run, $2 the last item that was dealt with, $3 at most. */
export const NEXT_ITEMS = `
  SELECT position, job_id AS "jobId", dispatch, attempts FROM dead_letter_run_items
  WHERE run_id = $1::uuid AND position > $2 ORDER BY position LIMIT $3`;

/**
 * Those of the jobs ($1 tenant, $2 ids, $3 dispatch and $4 attempts as they were when the selection was frozen) that
 * are dead still and have not been touched since, locked. Others are not waited for.
 */
export const LOCK_UNTOUCHED = `
  WITH frozen AS (SELECT * FROM unnest($2::uuid[], $3::int[], $4::int[]) AS frozen(id, dispatch, attempts))
  SELECT jobs.id, jobs.dispatch, jobs.attempts, jobs.max_attempts AS "maxAttempts",
    jobs.step_attempts AS "stepAttempts", jobs.step_base AS "stepBase",
    (SELECT count(*)::int FROM job_actions
     WHERE job_actions.job_id = jobs.id AND job_actions.action = 'retry') AS retries
  FROM jobs JOIN frozen ON jobs.id = frozen.id AND jobs.dispatch = frozen.dispatch
    AND jobs.attempts = frozen.attempts
  WHERE jobs.tenant_id = $1::uuid AND jobs.state = 'dead'
  ORDER BY jobs.id FOR UPDATE OF jobs`;

/** What became of jobs that had been touched, and by whom: $1 tenant, $2 ids. */
export const WHO_WAS_FASTER = `
  SELECT wanted.id, jobs.state, act.action, act.actor_label AS "by", act.at
  FROM unnest($2::uuid[]) AS wanted(id)
  LEFT JOIN jobs ON jobs.id = wanted.id AND jobs.tenant_id = $1::uuid
  LEFT JOIN LATERAL (
    SELECT action, actor_label, at FROM job_actions
    WHERE job_actions.job_id = jobs.id AND action IN ('retry', 'cancel', 'discard')
    ORDER BY at DESC, id DESC LIMIT 1) AS act ON true`;

/** $1 ids and $2 their new maximum of attempts. Each has the next dispatch then, which still wants to be sent. */
export const REQUEUE_JOBS = `
  UPDATE jobs SET state = 'queued', max_attempts = next.max_attempts, dispatch = jobs.dispatch + 1, run_at = now(),
    finished_at = NULL
  FROM unnest($1::uuid[], $2::int[]) AS next(id, max_attempts)
  WHERE jobs.id = next.id AND jobs.state = 'dead'
  RETURNING jobs.id, jobs.dispatch`;

/** $1 ids. */
export const DISCARD_JOBS = `
  UPDATE jobs SET state = 'discarded', finished_at = COALESCE(finished_at, now())
  WHERE id = ANY($1::uuid[]) AND state = 'dead' RETURNING id, dispatch`;

/** $1 new ids, $2 jobs, $3 tenant, $4 action, $5 actor, $6 label, $7 reason, $8 run. */
export const NOTE_ACTIONS = `
  INSERT INTO job_actions (id, job_id, tenant_id, action, actor_id, actor_label, reason, run_id)
  SELECT id, job, $3::uuid, $4, $5::uuid, $6, $7, $8::uuid FROM unnest($1::uuid[], $2::uuid[]) AS acted(id, job)`;

/** $1 run; by arrays: $2 position, $3 outcome, $4 code, $5 who, $6 when, $7 detail. */
export const CLOSE_ITEMS = `
  UPDATE dead_letter_run_items AS item SET outcome = closed.outcome, code = closed.code, by_label = closed.who,
    by_at = closed.moment, detail = closed.detail, at = now()
  FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
    AS closed(position, outcome, code, who, moment, detail)
  WHERE item.run_id = $1::uuid AND item.position = closed.position`;

/** $1 run, $2 position reached, $3 done, $4 skipped, $5 failed, $6 ms until the next batch, $7 whether the queue is full. */
export const ADVANCE_RUN = `
  UPDATE dead_letter_runs SET position = $2, done = done + $3, skipped = skipped + $4, failed = failed + $5,
    held_up = $7, state = CASE WHEN $2 >= total THEN 'completed' ELSE state END,
    finished_at = CASE WHEN $2 >= total THEN now() END,
    canary_state = CASE WHEN canary_state IS NULL AND canary <= done + $3 AND $2 < total THEN 'waiting'
      ELSE canary_state END,
    watch_at = CASE WHEN action = 'requeue' AND done + $3 > 0 THEN COALESCE(watch_at, now()) ELSE watch_at END,
    next_at = GREATEST(next_at, now() - interval '2 s') + $6 * interval '1 ms'
  WHERE id = $1::uuid`;

/** $1 run: the jobs sent first have succeeded. */
export const PASS_CANARY =
  "UPDATE dead_letter_runs SET canary_state = 'passed', next_at = now() WHERE id = $1::uuid";

/** $1 run, $2 ms until it is looked at again: it waits for the jobs that it has sent. */
export const WAIT_FOR_OUTCOMES =
  "UPDATE dead_letter_runs SET next_at = now() + $2 * interval '1 ms', held_up = false WHERE id = $1::uuid";

/** $1 run, $2 why. */
export const STOP_RUN = `
  UPDATE dead_letter_runs SET state = 'stopped', stop_reason = $2, finished_at = now(), held_up = false,
    canary_state = CASE WHEN canary_state = 'waiting' THEN 'failed' ELSE canary_state END
  WHERE id = $1::uuid`;

/** The run whose jobs have not been looked at for longest, held until the transaction ends. */
export const LOCK_WATCHED = `
  SELECT id, state, stop_after AS "stopAfter", watched, returned, done, succeeded, died,
    other_ends AS "otherEnds", started_at < now() - interval '7 days' AS old
  FROM dead_letter_runs WHERE watch_at <= now()
  ORDER BY watch_at LIMIT 1 FOR UPDATE SKIP LOCKED`;

/**
 * Looks at up to $3 of a run's jobs after item $2 that have not ended yet, and notes how they did and whether the
 * error with which they had died came back in any attempt since.
 */
export const JUDGE_ITEMS = `
  WITH looked AS (
    SELECT item.position, item.returned AS known,
      CASE WHEN jobs.id IS NULL THEN 'deleted' WHEN jobs.state = 'succeeded' THEN 'succeeded'
        WHEN jobs.state IN ('dead', 'discarded') THEN 'died' WHEN jobs.state = 'cancelled' THEN 'cancelled'
      END AS verdict,
      COALESCE(jobs.error_fingerprint = item.fingerprint AND (
        jobs.state IN ('retrying', 'dead', 'discarded') AND jobs.attempts > item.attempts
        OR jobs.state = 'running' AND jobs.attempts > item.attempts + 1), false) AS back
    FROM dead_letter_run_items AS item
    LEFT JOIN jobs ON jobs.id = item.job_id AND jobs.tenant_id = item.tenant_id
    WHERE item.run_id = $1::uuid AND item.outcome = 'done' AND item.verdict IS NULL AND item.position > $2
    ORDER BY item.position LIMIT $3),
  judged AS (
    UPDATE dead_letter_run_items AS item SET verdict = looked.verdict, returned = item.returned OR looked.back
    FROM looked WHERE item.run_id = $1::uuid AND item.position = looked.position
      AND (looked.verdict IS NOT NULL OR looked.back AND NOT looked.known))
  SELECT count(*)::int AS looked, COALESCE(max(position), 0)::int AS last,
    count(*) FILTER (WHERE verdict = 'succeeded')::int AS succeeded,
    count(*) FILTER (WHERE verdict = 'died')::int AS died,
    count(*) FILTER (WHERE verdict IN ('cancelled', 'deleted'))::int AS other,
    count(*) FILTER (WHERE back AND NOT known)::int AS returned
  FROM looked`;

/** $1 run, $2 item reached, $3 succeeded, $4 died, $5 other ends, $6 same error again, $7 ms until the next look or null. */
export const NOTE_VERDICTS = `
  UPDATE dead_letter_runs SET watched = $2, succeeded = succeeded + $3, died = died + $4,
    other_ends = other_ends + $5, returned = returned + $6, watch_at = now() + $7 * interval '1 ms'
  WHERE id = $1::uuid`;
