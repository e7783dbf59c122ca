-- Signing in through identity providers, and what a tenant asks of everybody who enters it.

-- Whom a provider knows under which subject. The provider's own tokens are kept nowhere.
--   * identity_hash: SHA-256 of issuer and subject. Before anybody is known, the one row whose identity the provider
--     has just vouched for is found by it; nothing else of the table can be seen without its person.
--   * email_at_link: what the provider called the person then, to tell two identities apart; nothing is decided by it.
CREATE TABLE user_identities (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  provider      text NOT NULL CHECK (provider ~ '^[a-z][a-z0-9-]{0,29}$'),
  issuer        text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 500),
  subject       text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
  identity_hash bytea NOT NULL CHECK (octet_length(identity_hash) = 32),
  email_at_link text NOT NULL DEFAULT '' CHECK (length(email_at_link) <= 254),
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  last_used_at  timestamptz(3)
);
CREATE UNIQUE INDEX user_identities_hash_key ON user_identities (identity_hash);
CREATE UNIQUE INDEX user_identities_subject_key ON user_identities (issuer, subject);
CREATE INDEX user_identities_user_idx ON user_identities (user_id, created_at);

ALTER TABLE user_identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_identities FORCE ROW LEVEL SECURITY;
CREATE POLICY console_own ON user_identities TO gatehouse_console
  USING (user_id = (SELECT app_user())) WITH CHECK (user_id = (SELECT app_user()));
CREATE POLICY console_presented ON user_identities FOR SELECT TO gatehouse_console
  USING (identity_hash = (SELECT decode(current_setting('app.credential', true), 'hex')));
GRANT SELECT, INSERT, UPDATE, DELETE ON user_identities TO gatehouse_console;

-- The providers through which members must come where only_sso is on, and the version of these demands.
ALTER TABLE tenants
  ADD COLUMN sso_providers    text[] NOT NULL DEFAULT '{}',
  ADD COLUMN security_version integer NOT NULL DEFAULT 1,
  ADD CONSTRAINT tenants_sso_check CHECK (NOT only_sso OR cardinality(sso_providers) > 0);

-- Which provider had vouched for the session in which a token was made; a tenant that lets in through its providers
-- alone takes such a token and no other of a person.
ALTER TABLE access_tokens ADD COLUMN provider text;

-- Whether somebody with this address is expected: a provider may make an account for them. One word about one address,
-- given by a role that can read nothing else of an invitation.
DO $$
BEGIN
  CREATE ROLE gatehouse_doorkeeper NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- roles belong to the server; another database of the same server made it
END $$;
CREATE POLICY doorkeeper ON invitations FOR SELECT TO gatehouse_doorkeeper USING (true);
GRANT SELECT (email, expires_at, accepted_at, cancelled_at) ON invitations TO gatehouse_doorkeeper;
CREATE INDEX invitations_email_idx ON invitations (email) WHERE accepted_at IS NULL AND cancelled_at IS NULL;

CREATE FUNCTION address_is_invited(address text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT EXISTS (SELECT FROM invitations
    WHERE email = address AND accepted_at IS NULL AND cancelled_at IS NULL AND expires_at > now()) $$;

GRANT gatehouse_doorkeeper TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_doorkeeper;
REVOKE ALL ON FUNCTION address_is_invited(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION address_is_invited(text) TO gatehouse_console;
ALTER FUNCTION address_is_invited(text) OWNER TO gatehouse_doorkeeper;
REVOKE CREATE ON SCHEMA public FROM gatehouse_doorkeeper;
REVOKE gatehouse_doorkeeper FROM CURRENT_USER;

-- ── What the installation page asks across tenants: numbers, names of keys and names of providers ───────────

GRANT SELECT (only_sso, sso_providers) ON tenants TO gatehouse_support;

-- The providers that tenants insist on, and how many tenants do.
CREATE FUNCTION support_required_providers() RETURNS TABLE (provider text, tenants bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    SELECT one.name, count(*) FROM tenants t CROSS JOIN LATERAL unnest(t.sso_providers) AS one (name)
    WHERE t.only_sso AND t.deleted_at IS NULL GROUP BY one.name ORDER BY one.name;
END $$;

-- How many secrets each encryption key has sealed, by table. Only names of keys are read; the secrets cannot be.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['issuers', 'webhook_endpoints', 'totp_factors'] LOOP
    EXECUTE format('CREATE POLICY support_sealed ON %I FOR SELECT TO gatehouse_support USING (true)', name);
  END LOOP;
END $$;
GRANT SELECT (secret_key_id) ON issuers, totp_factors TO gatehouse_support;
GRANT SELECT (secret_key_id, previous_secret_key_id) ON webhook_endpoints TO gatehouse_support;

CREATE FUNCTION support_sealed_secrets() RETURNS TABLE (sealed_table text, key_id text, secrets bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
  IF NOT support_is_operator() THEN RETURN; END IF;
  RETURN QUERY
    SELECT s.t, s.k, count(*) FROM (
      SELECT 'issuers' AS t, i.secret_key_id AS k FROM issuers i
      UNION ALL SELECT 'webhook_endpoints', w.secret_key_id FROM webhook_endpoints w
      UNION ALL SELECT 'webhook_endpoints', w.previous_secret_key_id FROM webhook_endpoints w
      UNION ALL SELECT 'totp_factors', f.secret_key_id FROM totp_factors f) s
    WHERE s.k IS NOT NULL GROUP BY s.t, s.k ORDER BY s.k, s.t;
END $$;

GRANT gatehouse_support TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_support;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['support_required_providers()', 'support_sealed_secrets()'] LOOP
    EXECUTE 'REVOKE ALL ON FUNCTION ' || name || ' FROM PUBLIC';
    EXECUTE 'GRANT EXECUTE ON FUNCTION ' || name || ' TO gatehouse_console';
    EXECUTE 'ALTER FUNCTION ' || name || ' OWNER TO gatehouse_support';
  END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM gatehouse_support;
REVOKE gatehouse_support FROM CURRENT_USER;
