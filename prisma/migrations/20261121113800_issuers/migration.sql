-- Issuers: who makes the tokens that a tenant's bearer routes accept.

-- secret is sealed with AES-256-GCM under a key that is not in the database, bound to tenant and id; secret_key_id
-- names that key, so that it can be replaced.
-- A deleted issuer stays as a row without its secret: gateways learn of it as they learn of every other change.
CREATE TABLE issuers (
  id                 uuid PRIMARY KEY,
  tenant_id          uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  iss                text NOT NULL CHECK (length(iss) BETWEEN 1 AND 512),
  audiences          text[] NOT NULL CHECK (cardinality(audiences) BETWEEN 1 AND 20),
  kind               text NOT NULL CHECK (kind IN ('jwks', 'secret')),
  jwks_url           text,
  secret             bytea,
  secret_key_id      text,
  algorithms         text[] NOT NULL CHECK (cardinality(algorithms) BETWEEN 1 AND 10),
  clock_skew_seconds integer NOT NULL DEFAULT 60 CHECK (clock_skew_seconds BETWEEN 0 AND 300),
  enabled            boolean NOT NULL DEFAULT true,
  created_at         timestamptz(3) NOT NULL DEFAULT now(),
  created_by_label   text NOT NULL,
  updated_at         timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at         timestamptz(3),
  version            integer NOT NULL DEFAULT 1,
  changed_xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CHECK ((kind = 'jwks') = (jwks_url IS NOT NULL)),
  CHECK ((secret IS NULL) = (secret_key_id IS NULL)),
  CHECK (CASE WHEN deleted_at IS NULL THEN (kind = 'secret') = (secret IS NOT NULL) ELSE secret IS NULL END),
  -- No row can take a public key for a shared secret.
  CHECK (CASE kind WHEN 'secret' THEN algorithms <@ ARRAY['HS256', 'HS384', 'HS512']
    ELSE NOT algorithms && ARRAY['HS256', 'HS384', 'HS512', 'none'] END)
);
CREATE UNIQUE INDEX issuers_iss_key ON issuers (tenant_id, iss) WHERE deleted_at IS NULL;
CREATE INDEX issuers_list_idx ON issuers (tenant_id, created_at DESC, id DESC);
CREATE INDEX issuers_changed_idx ON issuers (changed_xid);
CREATE TRIGGER issuers_changed BEFORE INSERT OR UPDATE ON issuers FOR EACH ROW EXECUTE FUNCTION stamp_changed_xid();

ALTER TABLE issuers ENABLE ROW LEVEL SECURITY;
ALTER TABLE issuers FORCE ROW LEVEL SECURITY;
CREATE POLICY console_tenant ON issuers TO gatehouse_console
  USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
CREATE POLICY gateway_read ON issuers FOR SELECT TO gatehouse_gateway USING (true);
GRANT SELECT, INSERT, UPDATE ON issuers TO gatehouse_console;
GRANT SELECT (id, tenant_id, iss, audiences, kind, jwks_url, secret, secret_key_id, algorithms, clock_skew_seconds,
  enabled, deleted_at, changed_xid) ON issuers TO gatehouse_gateway;
