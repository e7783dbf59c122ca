import { inService } from "./jobs.ts";

/** The statements of the webhooks' outbox. Times are in milliseconds, and the database's clock counts. */

/**
 * $1 tenants: those of their endpoints that are enabled, with what their tenant masks, and the moment at which this
 * transaction began.
 */
export const ENDPOINTS_TO_TELL = `
  SELECT id, tenant_id AS "tenantId", events, functions, now()::timestamptz(3) AS at,
    ARRAY(SELECT path FROM job_mask_rules rule WHERE rule.tenant_id = webhook_endpoints.tenant_id) AS "maskRules"
  FROM webhook_endpoints WHERE enabled AND tenant_id = ANY ($1::uuid[])`;

/** By arrays of one element each: $1 id, $2 tenant, $3 endpoint, $4 job, $5 event id, $6 type, $7 body; $8 attempts. */
export const WRITE_DELIVERIES = `
  INSERT INTO webhook_deliveries (id, tenant_id, endpoint_id, job_id, event_id, event_type, body, max_attempts)
  SELECT *, $8::int FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])
  ON CONFLICT (endpoint_id, event_id) DO NOTHING`;

/**
 * Takes deliveries that are due, for $6 ms: whoever took them is taken for lost after that, and they are due again.
 * Goes from endpoint to endpoint behind $1, and takes of each no more than $4 beyond those that are under way ($2
 * endpoint, $3 how many): one that hangs takes no other's place. $5 at most. An attempt that was begun and has no
 * outcome was lost, and is written down as that.
 */
export const CLAIM_DELIVERIES = `
  WITH RECURSIVE waiting AS (
    (SELECT endpoint_id FROM webhook_deliveries
      WHERE state = 'waiting' AND endpoint_id > $1::uuid ORDER BY endpoint_id LIMIT 1)
    UNION ALL
    SELECT (SELECT next.endpoint_id FROM webhook_deliveries next
      WHERE next.state = 'waiting' AND next.endpoint_id > waiting.endpoint_id ORDER BY next.endpoint_id LIMIT 1)
    FROM waiting WHERE waiting.endpoint_id IS NOT NULL),
  picked AS (
    SELECT due.id FROM waiting
    JOIN webhook_endpoints endpoint ON endpoint.id = waiting.endpoint_id AND endpoint.enabled
      AND ${inService("endpoint")}
    LEFT JOIN unnest($2::uuid[], $3::int[]) AS busy(endpoint_id, running) ON busy.endpoint_id = waiting.endpoint_id
    CROSS JOIN LATERAL (
      SELECT id FROM webhook_deliveries one
      WHERE one.endpoint_id = waiting.endpoint_id AND one.state = 'waiting' AND one.next_at <= now()
      ORDER BY one.next_at LIMIT greatest(0, $4::int - COALESCE(busy.running, 0)) FOR UPDATE SKIP LOCKED) due
    LIMIT $5::int),
  claimed AS (
    UPDATE webhook_deliveries SET attempts = attempts + 1, next_at = now() + $6::int * interval '1 ms'
    FROM picked WHERE webhook_deliveries.id = picked.id
    RETURNING webhook_deliveries.*),
  lost AS (
    INSERT INTO webhook_attempts (delivery_id, number, tenant_id, started_at, duration_ms, error)
    SELECT id, attempts - 1, tenant_id, now(), 0, $7 FROM claimed WHERE attempts > 1
    ON CONFLICT DO NOTHING)
  SELECT claimed.id, claimed.tenant_id AS "tenantId", claimed.endpoint_id AS "endpointId",
    claimed.event_id AS "eventId", claimed.body, claimed.attempts AS attempt,
    claimed.attempts - claimed.round_start AS "attemptOfRound", claimed.max_attempts AS "maxAttempts",
    endpoint.kind, endpoint.url, endpoint.secret, endpoint.secret_key_id AS "secretKeyId",
    CASE WHEN endpoint.previous_until > now() THEN endpoint.previous_secret END AS "previousSecret",
    CASE WHEN endpoint.previous_until > now() THEN endpoint.previous_secret_key_id END AS "previousSecretKeyId"
  FROM claimed JOIN webhook_endpoints endpoint ON endpoint.id = claimed.endpoint_id`;

/**
 * Writes down how an attempt ended: $1 delivery, $2 attempt, $3 worker, $4 duration, $5 status, $6 error, $7 the
 * answer's first bytes, $8 new state, $9 wait until the next attempt. Whoever was taken for lost meanwhile adds its
 * attempt to the log and changes nothing else; what was called off and arrived all the same did arrive.
 */
export const SETTLE_DELIVERY = `
  WITH noted AS (
    INSERT INTO webhook_attempts
      (delivery_id, number, tenant_id, worker_id, started_at, duration_ms, status, error, response)
    SELECT id, $2::int, tenant_id, $3::uuid, now() - $4::int * interval '1 ms', $4::int, $5::int, $6, $7
    FROM webhook_deliveries WHERE id = $1::uuid
    ON CONFLICT (delivery_id, number) DO UPDATE SET worker_id = EXCLUDED.worker_id,
      started_at = EXCLUDED.started_at, duration_ms = EXCLUDED.duration_ms, status = EXCLUDED.status,
      error = EXCLUDED.error, response = EXCLUDED.response)
  UPDATE webhook_deliveries SET state = $8, next_at = now() + $9::float8 * interval '1 ms',
    finished_at = CASE WHEN $8 <> 'waiting' THEN now() END
  WHERE id = $1::uuid AND attempts = $2::int
    AND (state = 'waiting' OR (state = 'cancelled' AND $8 = 'delivered'))`;

/** $1 endpoint: it works. Changes a row only where that is news. */
export const NOTE_SUCCESS = `
  UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1::uuid AND failing_since IS NOT NULL`;

/** $1 endpoint: it does not work. */
export const NOTE_FAILURE = `
  UPDATE webhook_endpoints SET failing_since = now() WHERE id = $1::uuid AND failing_since IS NULL AND enabled`;

/** $1 endpoint, $2 reason, $3 how long it must have failed for, 0 for at once. Affects no row unless that is so. */
export const GIVE_UP_ENDPOINT = `
  UPDATE webhook_endpoints SET enabled = false, disabled_reason = $2, disabled_at = now(), version = version + 1
  WHERE id = $1::uuid AND enabled AND ($3::bigint = 0 OR failing_since < now() - $3::bigint * interval '1 ms')
  RETURNING tenant_id AS "tenantId", url, failing_since AS "failingSince"`;

/** $1 at most: what waits for endpoints that are told nothing any more. */
export const CALL_OFF_DELIVERIES = `
  UPDATE webhook_deliveries SET state = 'cancelled', finished_at = now()
  WHERE id IN (
    SELECT waiting.id FROM webhook_endpoints endpoint
    JOIN webhook_deliveries waiting ON waiting.endpoint_id = endpoint.id AND waiting.state = 'waiting'
    WHERE NOT endpoint.enabled LIMIT $1 FOR UPDATE OF waiting SKIP LOCKED)`;

/** $1 at most, $2 days after which the log is forgotten; a job takes its deliveries along whenever it goes. */
export const FORGET_DELIVERIES = `
  DELETE FROM webhook_deliveries WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE finished_at < now() - $2::int * interval '1 day'
    ORDER BY finished_at LIMIT $1 FOR UPDATE SKIP LOCKED)`;

/** Secrets that have been replaced for as long as was asked for. */
export const FORGET_PREVIOUS_SECRETS = `
  UPDATE webhook_endpoints SET previous_secret = NULL, previous_secret_key_id = NULL, previous_until = NULL
  WHERE previous_until < now()`;
