-- Handing a key over and replacing it: claim links, and what a key took over from.

-- succeeds: the keys that this one took over from, oldest first. A route that allows one of them allows this one, so
-- that a rotation does not lock its caller out of routes that name keys.
-- grace_ends_at: until when a replaced key works on; never later than expires_at, which stays as it was.
ALTER TABLE api_keys
  ADD COLUMN succeeds      uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN rotated_at    timestamptz(3),
  ADD COLUMN rotated_to    uuid REFERENCES api_keys ON DELETE SET NULL,
  ADD COLUMN grace_ends_at timestamptz(3),
  ADD CONSTRAINT api_keys_rotation_check CHECK ((rotated_at IS NULL) = (grace_ends_at IS NULL));
CREATE INDEX api_keys_rotated_to_idx ON api_keys (rotated_to) WHERE rotated_to IS NOT NULL;
GRANT SELECT (succeeds, grace_ends_at) ON api_keys TO gatehouse_gateway;

-- A link's secret is in the link and nowhere else; the key comes into being when the partner asks for it.
CREATE TABLE claim_links (
  id                  uuid PRIMARY KEY,
  tenant_id           uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  secret_hash         bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  key_name            text NOT NULL CHECK (length(key_name) BETWEEN 1 AND 120),
  key_description     text NOT NULL DEFAULT '',
  authorized_requests json,
  key_expires_at      timestamptz(3),
  note                text NOT NULL DEFAULT '',
  rotates             uuid REFERENCES api_keys ON DELETE CASCADE,
  grace_seconds       integer CHECK (grace_seconds >= 0),
  created_at          timestamptz(3) NOT NULL DEFAULT now(),
  created_by          uuid REFERENCES users ON DELETE SET NULL,
  created_by_label    text NOT NULL,
  expires_at          timestamptz(3) NOT NULL,
  opened_at           timestamptz(3),
  revealed_at         timestamptz(3),
  api_key_id          uuid REFERENCES api_keys ON DELETE SET NULL,
  cancelled_at        timestamptz(3),
  cancelled_by_label  text,
  CHECK ((rotates IS NULL) = (grace_seconds IS NULL)),
  CHECK (revealed_at IS NULL OR cancelled_at IS NULL)
);
CREATE UNIQUE INDEX claim_links_secret_key ON claim_links (secret_hash);
CREATE INDEX claim_links_list_idx ON claim_links (tenant_id, created_at DESC, id DESC);
CREATE INDEX claim_links_rotates_idx ON claim_links (rotates) WHERE rotates IS NOT NULL;

ALTER TABLE claim_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim_links FORCE ROW LEVEL SECURITY;
CREATE POLICY console_tenant ON claim_links TO gatehouse_console
  USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
-- Before anybody is known, the one link whose secret was presented.
CREATE POLICY console_presented ON claim_links FOR SELECT TO gatehouse_console
  USING (secret_hash = (SELECT decode(current_setting('app.credential', true), 'hex')));
GRANT SELECT, INSERT, UPDATE ON claim_links TO gatehouse_console;
