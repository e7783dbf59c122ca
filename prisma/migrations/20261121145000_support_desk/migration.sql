-- The support desk: what operators of the installation may see across tenants, and how one enters a tenant.
--
-- An operator is a member of nothing. The functions below answer narrow questions about every tenant: they run as a
-- role of their own that nobody can sign in as, give out columns that hold no payload and no secret, and give nothing
-- to anybody who is not an operator. Row-level security of the console stays as it was.

DO $$
BEGIN
  CREATE ROLE gatehouse_support NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- roles belong to the server; another database of the same server made it
END $$;

ALTER TABLE tenants ADD COLUMN support_allowed boolean NOT NULL DEFAULT true;

-- Which entries an operator made, so that a tenant can read what was done while one was inside.
ALTER TABLE audit_entries ADD COLUMN support_session_id uuid;
CREATE INDEX audit_entries_support_idx ON audit_entries (tenant_id, support_session_id, at, id)
  WHERE support_session_id IS NOT NULL;

-- An operator's stay in a tenant. It is over when it was ended or when its time has come, whether or not somebody
-- has written that down yet.
CREATE TABLE support_sessions (
  id             uuid PRIMARY KEY,
  tenant_id      uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  operator_id    uuid REFERENCES users ON DELETE SET NULL,
  operator_email text NOT NULL,
  operator_name  text NOT NULL,
  mode           text NOT NULL CHECK (mode IN ('read', 'requeue')),
  reason         text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  started_at     timestamptz(3) NOT NULL DEFAULT now(),
  expires_at     timestamptz(3) NOT NULL,
  ended_at       timestamptz(3),
  ended_how      text CHECK (ended_how IN ('left', 'removed', 'expired')),
  ended_by_label text,
  CHECK (expires_at > started_at AND expires_at <= started_at + interval '60 minutes'),
  CHECK ((ended_at IS NULL) = (ended_how IS NULL)),
  CHECK (ended_at IS NULL OR ended_at BETWEEN started_at AND expires_at)
);
CREATE UNIQUE INDEX support_sessions_one_key ON support_sessions (operator_id, tenant_id) WHERE ended_at IS NULL;
CREATE INDEX support_sessions_tenant_idx ON support_sessions (tenant_id, started_at DESC, id DESC);
CREATE INDEX support_sessions_list_idx ON support_sessions (started_at DESC, id DESC);
CREATE INDEX support_sessions_open_idx ON support_sessions (expires_at) WHERE ended_at IS NULL;

-- After the policies have spoken: a session is ended once, and never made longer, wider or somebody else's.
CREATE FUNCTION keep_support_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at
    OR (NEW.id, NEW.tenant_id, NEW.operator_email, NEW.operator_name, NEW.mode, NEW.reason, NEW.started_at, NEW.expires_at)
      IS DISTINCT FROM
      (OLD.id, OLD.tenant_id, OLD.operator_email, OLD.operator_name, OLD.mode, OLD.reason, OLD.started_at, OLD.expires_at)
    OR NEW.operator_id IS NOT NULL AND NEW.operator_id IS DISTINCT FROM OLD.operator_id THEN
    RAISE EXCEPTION 'a support session can be ended, once, and nothing else of it can change';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER support_sessions_keep AFTER UPDATE ON support_sessions
  FOR EACH ROW EXECUTE FUNCTION keep_support_session();

ALTER TABLE support_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE support_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY console_tenant ON support_sessions FOR SELECT TO gatehouse_console
  USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY console_end ON support_sessions FOR UPDATE TO gatehouse_console
  USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
-- Only an operator, only for oneself, only from now on, and only where the tenant lets support in.
CREATE POLICY console_enter ON support_sessions FOR INSERT TO gatehouse_console WITH CHECK (
  tenant_id = (SELECT app_tenant()) AND operator_id = (SELECT app_user()) AND ended_at IS NULL
  AND expires_at <= now() + interval '60 minutes 1 second'
  AND EXISTS (SELECT FROM users u WHERE u.id = (SELECT app_user()) AND u.is_operator AND u.disabled_at IS NULL)
  AND EXISTS (SELECT FROM tenants t WHERE t.id = (SELECT app_tenant()) AND t.support_allowed AND t.deleted_at IS NULL));
GRANT SELECT, INSERT, UPDATE ON support_sessions TO gatehouse_console;

-- ── What the desk may read of every tenant: these columns ───────────────────────────────────────────────────

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['tenants', 'support_sessions', 'jobs', 'api_keys', 'api_key_usage', 'refusals'] LOOP
    EXECUTE format('CREATE POLICY support_desk ON %I FOR SELECT TO gatehouse_support USING (true)', name);
  END LOOP;
END $$;
GRANT SELECT (id, is_operator, disabled_at) ON users TO gatehouse_support;
GRANT SELECT (id, slug, name, created_at, deleted_at, support_allowed) ON tenants TO gatehouse_support;
GRANT SELECT ON support_sessions TO gatehouse_support;
GRANT SELECT (id, tenant_id, function, steps, state, attempts, max_attempts, created_at, started_at, finished_at, run_at,
  request_id, error_fingerprint) ON jobs TO gatehouse_support;
GRANT SELECT (id, tenant_id, name, key_hash, prefix, last_four, created_at, expires_at, grace_ends_at, revoked_at)
  ON api_keys TO gatehouse_support;
GRANT SELECT (api_key_id, last_used_at) ON api_key_usage TO gatehouse_support;
GRANT SELECT (tenant_id, request_id, at, status, code, method) ON refusals TO gatehouse_support;

-- A prefix or the last four characters, in whichever tenant; in the order of bytes, so that a beginning is a range.
CREATE INDEX api_keys_prefix_idx ON api_keys (prefix COLLATE "C", id);
CREATE INDEX api_keys_last_four_idx ON api_keys (last_four, id);

-- ── The questions ───────────────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION support_is_operator() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT EXISTS (SELECT FROM users WHERE id = app_user() AND is_operator AND disabled_at IS NULL) $$;

-- Jobs by id, or by the id of the request that made them. The index on request ids begins with the tenant, so it is
-- asked once for each: 1,000 looks into an index, instead of another index for every job to be written into.
CREATE FUNCTION support_jobs(wanted_id uuid, wanted_request text, most integer)
  RETURNS TABLE (tenant_id uuid, tenant_slug text, tenant_name text, id uuid, function text, steps text[], state text,
    attempts integer, max_attempts integer, created_at timestamptz, started_at timestamptz, finished_at timestamptz,
    run_at timestamptz, request_id text, error_fingerprint text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    SELECT t.id, t.slug, t.name, j.id, j.function, j.steps, j.state, j.attempts, j.max_attempts,
      j.created_at::timestamptz, j.started_at::timestamptz, j.finished_at::timestamptz, j.run_at::timestamptz,
      j.request_id, j.error_fingerprint
    FROM (
      SELECT x.id FROM jobs x WHERE x.id = wanted_id
      UNION
      (SELECT made.id FROM tenants owner CROSS JOIN LATERAL (
         SELECT x.id FROM jobs x WHERE x.tenant_id = owner.id AND x.request_id = wanted_request LIMIT most) made
       LIMIT most)) found
    JOIN jobs j ON j.id = found.id JOIN tenants t ON t.id = j.tenant_id AND t.deleted_at IS NULL
    ORDER BY j.created_at DESC, j.id DESC LIMIT most;
END $$;

-- Requests that a gateway refused, by their id.
CREATE FUNCTION support_refusals(wanted_request text, most integer)
  RETURNS TABLE (tenant_id uuid, tenant_slug text, tenant_name text, request_id text, at timestamptz, status integer,
    code text, method text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    SELECT t.id, t.slug, t.name, r.request_id, r.at::timestamptz, r.status, r.code, r.method
    FROM tenants t CROSS JOIN LATERAL (
      SELECT x.request_id, x.at, x.status, x.code, x.method FROM refusals x
      WHERE x.tenant_id = t.id AND x.request_id = wanted_request ORDER BY x.at DESC LIMIT most) r
    WHERE t.deleted_at IS NULL ORDER BY r.at DESC LIMIT most;
END $$;

-- Keys by id, by the hash of the whole key, by how they begin, or by their last four characters.
CREATE FUNCTION support_keys(wanted_id uuid, wanted_hash bytea, begins text, wanted_last_four text, most integer)
  RETURNS TABLE (tenant_id uuid, tenant_slug text, tenant_name text, id uuid, name text, prefix text, last_four text,
    created_at timestamptz, expires_at timestamptz, grace_ends_at timestamptz, revoked_at timestamptz,
    last_used_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    SELECT t.id, t.slug, t.name, k.id, k.name, k.prefix, k.last_four, k.created_at::timestamptz,
      k.expires_at::timestamptz, k.grace_ends_at::timestamptz, k.revoked_at::timestamptz, u.last_used_at::timestamptz
    FROM (
      SELECT x.id FROM api_keys x WHERE x.id = wanted_id
      UNION SELECT x.id FROM api_keys x WHERE x.key_hash = wanted_hash
      -- '~' comes after every character that a key can have.
      UNION (SELECT x.id FROM api_keys x
        WHERE x.prefix COLLATE "C" >= begins AND x.prefix COLLATE "C" < begins || '~'
          AND (wanted_last_four IS NULL OR x.last_four = wanted_last_four)
        ORDER BY x.prefix COLLATE "C", x.id LIMIT most)
      UNION (SELECT x.id FROM api_keys x WHERE begins IS NULL AND x.last_four = wanted_last_four
        ORDER BY x.id LIMIT most)) found
    JOIN api_keys k ON k.id = found.id JOIN tenants t ON t.id = k.tenant_id AND t.deleted_at IS NULL
    LEFT JOIN api_key_usage u ON u.api_key_id = k.id
    ORDER BY k.created_at DESC, k.id DESC LIMIT most;
END $$;

-- The tenants of the installation by slug, and whether the person who asks is inside one of them.
CREATE FUNCTION support_tenants(wanted text, only_slug text, after_slug text, most integer)
  RETURNS TABLE (id uuid, slug text, name text, created_at timestamptz, support_allowed boolean, session_id uuid,
    session_mode text, session_expires_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    SELECT t.id, t.slug, t.name, t.created_at::timestamptz, t.support_allowed, s.id, s.mode, s.expires_at::timestamptz
    FROM tenants t LEFT JOIN support_sessions s ON s.tenant_id = t.id AND s.operator_id = app_user()
      AND s.ended_at IS NULL AND s.expires_at > clock_timestamp()
    WHERE t.deleted_at IS NULL AND (only_slug IS NULL OR t.slug = only_slug)
      AND (after_slug IS NULL OR t.slug > after_slug)
      AND (wanted IS NULL OR position(lower(wanted) IN lower(t.slug)) > 0
        OR position(lower(wanted) IN lower(t.name)) > 0)
    ORDER BY t.slug LIMIT most;
END $$;

-- The open session through which the person who asks may be in the tenant with this slug.
CREATE FUNCTION support_session_in(wanted_slug text)
  RETURNS TABLE (id uuid, mode text, expires_at timestamptz, tenant_id uuid, tenant_slug text, tenant_name text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    SELECT s.id, s.mode, s.expires_at::timestamptz, t.id, t.slug, t.name
    FROM tenants t JOIN support_sessions s ON s.tenant_id = t.id
    WHERE t.slug = wanted_slug AND t.deleted_at IS NULL AND t.support_allowed AND s.operator_id = app_user()
      AND s.ended_at IS NULL AND s.expires_at > clock_timestamp();
END $$;

-- Support sessions of all operators, newest first.
CREATE FUNCTION support_sessions_of(wanted_id uuid, only_slug text, only_open boolean, before_at timestamptz,
    before_id uuid, most integer)
  RETURNS TABLE (id uuid, tenant_id uuid, tenant_slug text, tenant_name text, operator_id uuid, operator_email text,
    operator_name text, mode text, reason text, started_at timestamptz, expires_at timestamptz, ended_at timestamptz,
    ended_how text, ended_by_label text, is_open boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    SELECT s.id, t.id, t.slug, t.name, s.operator_id, s.operator_email, s.operator_name, s.mode, s.reason,
      s.started_at::timestamptz, s.expires_at::timestamptz, s.ended_at::timestamptz, s.ended_how, s.ended_by_label,
      s.ended_at IS NULL AND s.expires_at > clock_timestamp()
    FROM support_sessions s JOIN tenants t ON t.id = s.tenant_id
    WHERE (wanted_id IS NULL OR s.id = wanted_id) AND (only_slug IS NULL OR t.slug = only_slug)
      AND (NOT only_open OR (s.ended_at IS NULL AND s.expires_at > clock_timestamp()))
      AND (before_at IS NULL OR (s.started_at, s.id) < (before_at, before_id))
    ORDER BY s.started_at DESC, s.id DESC LIMIT most;
END $$;

-- The tenants in which a session's time has come without anybody having written it down: their ids and nothing else.
CREATE FUNCTION tenants_with_expired_support() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT DISTINCT tenant_id FROM support_sessions WHERE ended_at IS NULL AND expires_at <= now() LIMIT 1000 $$;

GRANT gatehouse_support TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_support;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'support_is_operator()', 'support_jobs(uuid, text, integer)', 'support_refusals(text, integer)',
    'support_keys(uuid, bytea, text, text, integer)', 'support_tenants(text, text, text, integer)',
    'support_session_in(text)', 'support_sessions_of(uuid, text, boolean, timestamptz, uuid, integer)',
    'tenants_with_expired_support()'] LOOP
    EXECUTE 'REVOKE ALL ON FUNCTION ' || name || ' FROM PUBLIC';
    EXECUTE 'GRANT EXECUTE ON FUNCTION ' || name || ' TO gatehouse_console';
    EXECUTE 'ALTER FUNCTION ' || name || ' OWNER TO gatehouse_support';
  END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM gatehouse_support;
REVOKE gatehouse_support FROM CURRENT_USER;
