-- Finding one of very many keys by a part of its name, by its prefix or by its last four characters.

ALTER TABLE api_keys ADD COLUMN search text
  GENERATED ALWAYS AS (lower(name || ' ' || prefix || ' ' || last_four)) STORED;

-- Row-level security keeps LIKE out of index conditions, because an operator that is not leakproof could tell of
-- rows that the policy hides. This view puts the tenant into the question itself and reads as a role of its own, so
-- that the index can be used. It hands out ids and dates; the keys are then read under the policies as usual.
DO $$
BEGIN
  CREATE ROLE gatehouse_search NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- roles belong to the server; another database of the same server made it
END $$;

CREATE VIEW api_key_search AS
  SELECT id, created_at, search, revoked_at, expires_at, grace_ends_at FROM api_keys WHERE tenant_id = app_tenant();
GRANT SELECT ON api_key_search TO gatehouse_console;
GRANT SELECT (id, tenant_id, created_at, search, revoked_at, expires_at, grace_ends_at) ON api_keys
  TO gatehouse_search;
CREATE POLICY search_all ON api_keys FOR SELECT TO gatehouse_search USING (true);

-- Only for as long as it takes to hand the view over: a member would be let through by that policy.
GRANT gatehouse_search TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_search;
ALTER VIEW api_key_search OWNER TO gatehouse_search;
REVOKE CREATE ON SCHEMA public FROM gatehouse_search;
REVOKE gatehouse_search FROM CURRENT_USER;

-- Without the extension, or the right to add it, everything works, and a search takes longer.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX api_keys_search_idx ON api_keys USING gin (search gin_trgm_ops);
EXCEPTION WHEN undefined_file OR insufficient_privilege OR feature_not_supported THEN
  RAISE NOTICE 'pg_trgm is not to be had: searching keys reads all of a tenant''s keys';
END $$;

-- What is rare among very many: keys that have ended, and keys that will.
CREATE INDEX api_keys_revoked_idx ON api_keys (tenant_id, created_at DESC, id DESC) WHERE revoked_at IS NOT NULL;
CREATE INDEX api_keys_rotating_idx ON api_keys (tenant_id, grace_ends_at)
  WHERE revoked_at IS NULL AND grace_ends_at IS NOT NULL;
CREATE INDEX api_keys_expiry_idx ON api_keys (tenant_id, (LEAST(expires_at, grace_ends_at)))
  WHERE revoked_at IS NULL AND LEAST(expires_at, grace_ends_at) IS NOT NULL;
