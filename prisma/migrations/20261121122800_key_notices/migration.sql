-- Keys that nobody has used yet, so that they are found among very many without comparing two large tables. The rows
-- come and go by themselves: with a key, and with its first use.
CREATE TABLE api_keys_unused (
  api_key_id uuid PRIMARY KEY REFERENCES api_keys ON DELETE CASCADE,
  tenant_id  uuid NOT NULL REFERENCES tenants ON DELETE CASCADE
);
CREATE INDEX api_keys_unused_tenant_idx ON api_keys_unused (tenant_id, api_key_id);

-- The owner of the tables is held to row-level security too, and reads all of them this once.
ALTER TABLE api_keys NO FORCE ROW LEVEL SECURITY;
ALTER TABLE api_key_usage NO FORCE ROW LEVEL SECURITY;
INSERT INTO api_keys_unused (api_key_id, tenant_id)
  SELECT id, tenant_id FROM api_keys k
  WHERE NOT EXISTS (SELECT FROM api_key_usage u WHERE u.api_key_id = k.id);
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE api_key_usage FORCE ROW LEVEL SECURITY;

CREATE FUNCTION note_unused_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO api_keys_unused (api_key_id, tenant_id) SELECT id, tenant_id FROM made;
  RETURN NULL;
END $$;
CREATE TRIGGER api_keys_unused AFTER INSERT ON api_keys
  REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION note_unused_keys();

CREATE FUNCTION forget_unused_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM api_keys_unused x USING used WHERE x.api_key_id = used.api_key_id;
  RETURN NULL;
END $$;
CREATE TRIGGER api_key_usage_first AFTER INSERT ON api_key_usage
  REFERENCING NEW TABLE AS used FOR EACH STATEMENT EXECUTE FUNCTION forget_unused_keys();

-- Who has been told that a key is about to expire, and how long before: once for each key and number of days.
CREATE TABLE key_notices (
  api_key_id  uuid NOT NULL REFERENCES api_keys ON DELETE CASCADE,
  days_before integer NOT NULL CHECK (days_before IN (30, 7, 1)),
  tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  sent_at     timestamptz(3) NOT NULL,
  PRIMARY KEY (api_key_id, days_before)
);
CREATE INDEX key_notices_tenant_idx ON key_notices (tenant_id, api_key_id);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['api_keys_unused', 'key_notices'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY console_tenant ON %I TO gatehouse_console
      USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', name);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO gatehouse_console', name);
  END LOOP;
END $$;
CREATE POLICY gateway_report ON api_keys_unused TO gatehouse_gateway USING (true);
GRANT SELECT, DELETE ON api_keys_unused TO gatehouse_gateway;

-- The sender of notices works tenant by tenant, under the policies, but must learn which tenants have something to be
-- told. This says their ids and nothing else of them.
CREATE INDEX api_keys_ending_idx ON api_keys (expires_at)
  WHERE revoked_at IS NULL AND grace_ends_at IS NULL AND expires_at IS NOT NULL;
CREATE POLICY search_all ON key_notices FOR SELECT TO gatehouse_search USING (true);
GRANT SELECT ON key_notices TO gatehouse_search;

CREATE FUNCTION tenants_with_key_notices(moment timestamptz) RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT DISTINCT k.tenant_id FROM api_keys k
        CROSS JOIN LATERAL (
          SELECT min(days) AS days FROM unnest(ARRAY[1, 7, 30]) days
          WHERE k.expires_at <= moment + make_interval(days => days)
            AND k.created_at < k.expires_at - make_interval(days => days)) due
        WHERE k.revoked_at IS NULL AND k.grace_ends_at IS NULL
          AND k.expires_at > moment AND k.expires_at <= moment + interval '30 days'
          AND due.days IS NOT NULL
          AND NOT EXISTS (SELECT FROM key_notices n WHERE n.api_key_id = k.id AND n.days_before <= due.days) $$;

GRANT gatehouse_search TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_search;
REVOKE ALL ON FUNCTION tenants_with_key_notices(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenants_with_key_notices(timestamptz) TO gatehouse_console;
ALTER FUNCTION tenants_with_key_notices(timestamptz) OWNER TO gatehouse_search;
REVOKE CREATE ON SCHEMA public FROM gatehouse_search;
REVOKE gatehouse_search FROM CURRENT_USER;
