-- Dead letters across tenants: a fingerprint is made from the function and the message alone, so the same failure has
-- the same one everywhere.

-- The newest of any tenant first, and all tenants of one failure. What is counted is in the index.
CREATE INDEX dead_letter_groups_everywhere_idx ON dead_letter_groups (last_seen DESC, fingerprint DESC, tenant_id DESC)
  INCLUDE (dead, first_seen) WHERE dead > 0;
CREATE INDEX dead_letter_groups_tenants_idx ON dead_letter_groups (fingerprint, last_seen DESC, tenant_id DESC)
  INCLUDE (dead, first_seen) WHERE dead > 0;

CREATE POLICY support_desk ON dead_letter_groups FOR SELECT TO gatehouse_support USING (true);
CREATE POLICY support_desk ON dead_letter_origins FOR SELECT TO gatehouse_support USING (true);
GRANT SELECT ON dead_letter_groups TO gatehouse_support;
GRANT SELECT (tenant_id, fingerprint, function) ON dead_letter_origins TO gatehouse_support;

-- Failures with dead letters now, by when one was last seen or by how many tenants they touch. For the latter only the
-- 50,000 groups seen last are looked at; a page of the former reads what is new until it has met enough failures.
CREATE FUNCTION support_dead_groups(by_reach boolean, only_fingerprint text, before_at timestamptz,
    before_fingerprint text, most integer)
  RETURNS TABLE (fingerprint text, error_name text, error_message text, functions text[], tenants bigint, dead bigint,
    first_seen timestamptz, last_seen timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
  SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  -- Few, as they are gone for good after some days; a join with tenants would cost more than all the rest.
  gone uuid[] := ARRAY(SELECT t.id FROM tenants t WHERE t.deleted_at IS NOT NULL);
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    WITH failures AS (
      (SELECT g.fingerprint FROM dead_letter_groups g
       WHERE NOT by_reach AND g.dead > 0 AND (only_fingerprint IS NULL OR g.fingerprint = only_fingerprint)
         AND (before_at IS NULL OR (g.last_seen, g.fingerprint) < (before_at, before_fingerprint))
         AND g.tenant_id <> ALL (gone)
         -- The latest of its failure: every other one has been listed with it, or will be.
         AND NOT EXISTS (
           SELECT FROM dead_letter_groups later
           WHERE later.fingerprint = g.fingerprint AND later.dead > 0 AND later.tenant_id <> ALL (gone)
             AND (later.last_seen, later.tenant_id) > (g.last_seen, g.tenant_id))
       ORDER BY g.last_seen DESC, g.fingerprint DESC LIMIT most)
      UNION ALL
      (SELECT seen.fingerprint FROM (
         SELECT g.fingerprint, g.dead FROM dead_letter_groups g
         WHERE by_reach AND g.dead > 0 AND g.tenant_id <> ALL (gone) ORDER BY g.last_seen DESC LIMIT 50000) seen
       GROUP BY seen.fingerprint ORDER BY count(*) DESC, sum(seen.dead) DESC, seen.fingerprint LIMIT most)
    )
    SELECT f.fingerprint, latest.error_name, latest.error_message, latest.functions, all_of.tenants, all_of.dead,
      all_of.first_seen::timestamptz, all_of.last_seen::timestamptz
    FROM failures f
    CROSS JOIN LATERAL (
      SELECT g.error_name, g.error_message,
        ARRAY(SELECT DISTINCT o.function FROM dead_letter_origins o
              WHERE o.tenant_id = g.tenant_id AND o.fingerprint = g.fingerprint ORDER BY o.function LIMIT 20) AS functions
      FROM dead_letter_groups g
      WHERE g.fingerprint = f.fingerprint AND g.dead > 0 AND g.tenant_id <> ALL (gone)
      ORDER BY g.last_seen DESC, g.tenant_id DESC LIMIT 1) latest
    CROSS JOIN LATERAL (
      SELECT count(*) AS tenants, sum(g.dead)::bigint AS dead, min(g.first_seen) AS first_seen,
        max(g.last_seen) AS last_seen
      FROM dead_letter_groups g
      WHERE g.fingerprint = f.fingerprint AND g.dead > 0 AND g.tenant_id <> ALL (gone)) all_of
    ORDER BY CASE WHEN by_reach THEN all_of.tenants END DESC, CASE WHEN by_reach THEN all_of.dead END DESC,
      all_of.last_seen DESC, f.fingerprint DESC;
END $$;

-- The tenants that one failure touches, the latest first.
CREATE FUNCTION support_dead_group_tenants(wanted_fingerprint text, before_at timestamptz, before_tenant uuid,
    most integer)
  RETURNS TABLE (tenant_id uuid, tenant_slug text, tenant_name text, support_allowed boolean, dead bigint,
    deaths bigint, first_seen timestamptz, last_seen timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    SELECT t.id, t.slug, t.name, t.support_allowed, g.dead, g.deaths, g.first_seen::timestamptz,
      g.last_seen::timestamptz
    FROM dead_letter_groups g JOIN tenants t ON t.id = g.tenant_id AND t.deleted_at IS NULL
    WHERE g.fingerprint = wanted_fingerprint AND g.dead > 0
      AND (before_at IS NULL OR (g.last_seen, g.tenant_id) < (before_at, before_tenant))
    ORDER BY g.last_seen DESC, g.tenant_id DESC LIMIT most;
END $$;

-- What is dead in one tenant: its latest groups, and all of them together.
CREATE FUNCTION support_dead_in(wanted_tenant uuid, most integer)
  RETURNS TABLE (fingerprint text, error_name text, error_message text, dead bigint, last_seen timestamptz,
    groups bigint, all_dead bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    SELECT g.fingerprint, g.error_name, g.error_message, g.dead, g.last_seen::timestamptz, everything.groups,
      everything.dead
    FROM (SELECT count(*) AS groups, COALESCE(sum(counted.dead), 0)::bigint AS dead FROM (
            SELECT x.dead FROM dead_letter_groups x WHERE x.tenant_id = wanted_tenant AND x.dead > 0
            ORDER BY x.dead DESC LIMIT 10000) counted) everything
    CROSS JOIN LATERAL (
      SELECT x.* FROM dead_letter_groups x WHERE x.tenant_id = wanted_tenant AND x.dead > 0
      ORDER BY x.last_seen DESC, x.fingerprint DESC LIMIT most) g
    ORDER BY g.last_seen DESC, g.fingerprint DESC;
END $$;

-- What the reconciler had to repair in the last 24 hours, in all tenants together.
CREATE POLICY support_desk ON job_repairs FOR SELECT TO gatehouse_support USING (true);
GRANT SELECT (tenant_id, kind, hour, count, last_at) ON job_repairs TO gatehouse_support;

CREATE FUNCTION support_repairs()
  RETURNS TABLE (kind text, jobs bigint, tenants bigint, last_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    SELECT r.kind, sum(r.count)::bigint, count(DISTINCT t.id), max(r.last_at)::timestamptz
    FROM tenants t CROSS JOIN LATERAL (
      SELECT x.kind, x.count, x.last_at FROM job_repairs x
      WHERE x.tenant_id = t.id AND x.hour > now() - interval '24 hours') r
    WHERE t.deleted_at IS NULL GROUP BY r.kind ORDER BY r.kind;
END $$;

-- How much there is of it.
CREATE FUNCTION support_installation() RETURNS TABLE (tenants bigint, open_sessions bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY SELECT (SELECT count(*) FROM tenants WHERE deleted_at IS NULL),
    (SELECT count(*) FROM support_sessions WHERE ended_at IS NULL AND expires_at > clock_timestamp());
END $$;

GRANT gatehouse_support TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO gatehouse_support;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'support_dead_groups(boolean, text, timestamptz, text, integer)',
    'support_dead_group_tenants(text, timestamptz, uuid, integer)', 'support_dead_in(uuid, integer)',
    'support_repairs()', 'support_installation()'] LOOP
    EXECUTE 'REVOKE ALL ON FUNCTION ' || name || ' FROM PUBLIC';
    EXECUTE 'GRANT EXECUTE ON FUNCTION ' || name || ' TO gatehouse_console';
    EXECUTE 'ALTER FUNCTION ' || name || ' OWNER TO gatehouse_support';
  END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM gatehouse_support;
REVOKE gatehouse_support FROM CURRENT_USER;
