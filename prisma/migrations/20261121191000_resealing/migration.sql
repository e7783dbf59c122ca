-- Replacing the encryption key: whoever runs it seals every stored secret again, of every tenant and person.
--
--   * Only the sealed bytes, the name of their key, and what names the row: nothing else of the tables can be read.
--   * The role has no sign-in. The owner takes it on for as long as the command runs, and without it is held to
--     row-level security like everybody else.
DO $$
BEGIN
  CREATE ROLE gatehouse_resealer NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- roles belong to the server; another database of the same server made it
END $$;

-- Before PostgreSQL 16 the right to take a role on cannot be told apart from having its rights.
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 160000 THEN
    EXECUTE 'GRANT gatehouse_resealer TO CURRENT_USER WITH INHERIT FALSE, SET TRUE';
  ELSE
    EXECUTE 'GRANT gatehouse_resealer TO CURRENT_USER';
  END IF;
END $$;

GRANT USAGE ON SCHEMA public TO gatehouse_resealer;
GRANT SELECT (tenant_id, id, secret, secret_key_id), UPDATE (secret, secret_key_id) ON issuers TO gatehouse_resealer;
GRANT SELECT (tenant_id, id, secret, secret_key_id, previous_secret, previous_secret_key_id),
  UPDATE (secret, secret_key_id, previous_secret, previous_secret_key_id) ON webhook_endpoints TO gatehouse_resealer;
GRANT SELECT (user_id, confirmed, secret, secret_key_id), UPDATE (secret, secret_key_id) ON totp_factors
  TO gatehouse_resealer;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['issuers', 'webhook_endpoints', 'totp_factors'] LOOP
    EXECUTE format('CREATE POLICY resealing ON %I TO gatehouse_resealer USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;
