/** The statements of the alerts on dead letters. Moments are given, so that a test can say what time it is. */

/** $1 the moment: the rule that waits longest to be looked at, held until the transaction ends. */
export const TAKE_DUE_RULE = `
  SELECT rule.id, rule.tenant_id AS "tenantId", tenants.slug AS tenant, rule.name, rule.kind, rule.threshold,
    rule.window_minutes AS "windowMinutes", rule.max_age_hours AS "maxAgeHours", rule.quiet_days AS "quietDays",
    rule.repeat_minutes AS "repeatMinutes", rule.evaluated_at AS "evaluatedAt"
  FROM alert_rules rule JOIN tenants ON tenants.id = rule.tenant_id AND tenants.deleted_at IS NULL
  WHERE rule.enabled AND rule.next_at <= $1::timestamptz
  ORDER BY rule.next_at LIMIT 1 FOR UPDATE OF rule SKIP LOCKED`;

/** $1 rule, $2 the moment, $3 when next. */
export const NOTE_EVALUATION = `
  UPDATE alert_rules SET evaluated_at = $2::timestamptz, next_at = $3::timestamptz WHERE id = $1::uuid`;

/** $1 rule, $2 when next: it could not be looked at. */
export const PUT_OFF_RULE =
  "UPDATE alert_rules SET next_at = $2::timestamptz WHERE id = $1::uuid AND enabled";

/** $1 tenant, $2 and $3 from when to when, $4 how far to count. */
export const COUNT_DEAD = `
  SELECT count(*)::int AS count FROM (
    SELECT FROM jobs WHERE tenant_id = $1::uuid AND state = 'dead'
      AND finished_at > $2::timestamptz AND finished_at <= $3::timestamptz LIMIT $4::int) counted`;

/** $1 tenant. */
export const OLDEST_DEAD = `
  SELECT finished_at AS at FROM jobs WHERE tenant_id = $1::uuid AND state = 'dead' ORDER BY finished_at LIMIT 1`;

/** $1 tenant, $2 rule, $3 since when to look, $4 for how many days an error must not have been seen, $5 at most. */
export const NEW_ERRORS = `
  SELECT seen.fingerprint, seen.error_name AS name, left(seen.error_message, 300) AS message
  FROM dead_letter_groups seen
  LEFT JOIN alert_known_errors known ON known.rule_id = $2::uuid AND known.fingerprint = seen.fingerprint
  WHERE seen.tenant_id = $1::uuid AND seen.dead > 0 AND seen.last_seen > $3::timestamptz
    AND (known.last_seen IS NULL OR known.last_seen < seen.last_seen - $4::int * interval '1 day')
  ORDER BY seen.last_seen DESC LIMIT $5::int`;

/** $1 tenant, $2 rule, $3 since when: what was seen is known from now on. */
export const KNOW_ERRORS = `
  INSERT INTO alert_known_errors (rule_id, fingerprint, tenant_id, last_seen)
  SELECT $2::uuid, fingerprint, tenant_id, last_seen FROM dead_letter_groups
  WHERE tenant_id = $1::uuid AND last_seen > $3::timestamptz
  ON CONFLICT (rule_id, fingerprint) DO UPDATE SET last_seen = EXCLUDED.last_seen
    WHERE alert_known_errors.last_seen < EXCLUDED.last_seen`;

/** $1 tenant, $2 fingerprints: those of which somebody still has to see to a dead letter. */
export const STILL_DEAD = `
  SELECT fingerprint FROM dead_letter_groups
  WHERE tenant_id = $1::uuid AND fingerprint = ANY ($2::text[]) AND dead > 0`;

/** $1 rule: its alert that is not over, held until the transaction ends. */
export const OPEN_ALERT = `
  SELECT id, errors, opened_at AS "openedAt", clear_since AS "clearSince", acknowledged_at AS "acknowledgedAt",
    snoozed_until AS "snoozedUntil", last_told_at AS "lastToldAt", told
  FROM alerts WHERE rule_id = $1::uuid AND resolved_at IS NULL FOR UPDATE`;

/** $1 id, $2 tenant, $3 rule, $4 kind, $5 name, $6 summary, $7 errors, $8 the moment. */
export const RAISE_ALERT = `
  INSERT INTO alerts (id, tenant_id, rule_id, kind, name, summary, errors, opened_at, last_told_at, told)
  VALUES ($1, $2, $3, $4, $5, $6, $7::json, $8, $8, 1)`;

/** The same for an endpoint that was given up, $3; nothing if that has been said. */
export const RAISE_ENDPOINT_ALERT = `
  INSERT INTO alerts (id, tenant_id, endpoint_id, kind, name, summary, opened_at, last_told_at, told)
  VALUES ($1, $2, $3, 'webhook_disabled', $4, $5, now(), now(), 1)
  ON CONFLICT DO NOTHING`;

/** $1 id, then everything that can change of an alert. */
export const CHANGE_ALERT = `
  UPDATE alerts SET summary = COALESCE($2, summary), errors = $3::json, clear_since = $4, resolved_at = $5, last_told_at = $6, told = $7,
    acknowledged_at = CASE WHEN $8::boolean THEN NULL ELSE acknowledged_at END,
    acknowledged_by = CASE WHEN $8::boolean THEN NULL ELSE acknowledged_by END,
    snoozed_until = CASE WHEN $8::boolean THEN NULL ELSE snoozed_until END
  WHERE id = $1::uuid`;

/** $1 tenant, $2 event, $3 event id, $4 the signed body, $5 a chat's body, $6 attempts. */
export const TELL_ALERT = `
  INSERT INTO webhook_deliveries (id, tenant_id, endpoint_id, event_id, event_type, body, max_attempts)
  SELECT gen_random_uuid(), tenant_id, id, $3, $2, CASE kind WHEN 'chat' THEN $5 ELSE $4 END, $6::int
  FROM webhook_endpoints WHERE tenant_id = $1::uuid AND enabled AND $2 = ANY (events)
  ON CONFLICT (endpoint_id, event_id) DO NOTHING`;

/** $1 at most, $2 days: alerts that are long over. */
export const FORGET_ALERTS = `
  DELETE FROM alerts WHERE id IN (
    SELECT id FROM alerts WHERE resolved_at < now() - $2::int * interval '1 day' ORDER BY resolved_at LIMIT $1)`;

/** What the tenant ($1) hides of its jobs beside what has a telling name. */
export const MASK_RULES = "SELECT path FROM job_mask_rules WHERE tenant_id = $1::uuid ORDER BY path";
