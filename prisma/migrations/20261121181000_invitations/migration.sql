-- Inviting people by their address, and finding one of very many members.
--
--   * An invitation has up to two links: the one shown to whoever invites, and the one that goes out by mail. Only the
--     second proves that its holder receives what is sent to the address, so the two are told apart. Only their SHA-256
--     is kept; a new link takes the place of both.
--   * invited_by must still hold the right to grant the role when the invitation is accepted.

CREATE TABLE invitations (
  id                 uuid PRIMARY KEY,
  tenant_id          uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  email              text NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
  role               text NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'support', 'viewer')),
  secret_hash        bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  mail_secret_hash   bytea CHECK (octet_length(mail_secret_hash) = 32),
  -- What became of the mail with the newest link.
  mail               text NOT NULL DEFAULT 'none' CHECK (mail IN ('none', 'sending', 'sent', 'failed', 'limited')),
  mailed_at          timestamptz(3),
  created_at         timestamptz(3) NOT NULL DEFAULT now(),
  invited_by         uuid REFERENCES users ON DELETE SET NULL,
  invited_by_label   text NOT NULL,
  expires_at         timestamptz(3) NOT NULL,
  accepted_at        timestamptz(3),
  accepted_by        uuid REFERENCES users ON DELETE SET NULL,
  cancelled_at       timestamptz(3),
  cancelled_by_label text,
  CHECK (accepted_at IS NULL OR cancelled_at IS NULL)
);
CREATE UNIQUE INDEX invitations_secret_key ON invitations (secret_hash);
CREATE UNIQUE INDEX invitations_mail_secret_key ON invitations (mail_secret_hash);
-- One at a time for an address.
CREATE UNIQUE INDEX invitations_open_key ON invitations (tenant_id, email)
  WHERE accepted_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX invitations_list_idx ON invitations (tenant_id, created_at DESC, id DESC);
CREATE INDEX invitations_invited_by_idx ON invitations (invited_by);
CREATE INDEX invitations_accepted_by_idx ON invitations (accepted_by);

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY console_tenant ON invitations TO gatehouse_console
  USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
-- Before anybody is known, the one invitation whose secret was presented.
CREATE POLICY console_presented ON invitations FOR SELECT TO gatehouse_console
  USING (secret_hash = (SELECT decode(current_setting('app.credential', true), 'hex'))
    OR mail_secret_hash = (SELECT decode(current_setting('app.credential', true), 'hex')));
GRANT SELECT, INSERT, UPDATE ON invitations TO gatehouse_console;

-- How much of what may be sent within a time has been used: by tenant, by person, by (hashed) address, so that
-- invitations are no way to flood somebody with mail. Of no tenant, because addresses are not either.
CREATE TABLE invitation_budgets (
  subject text PRIMARY KEY,
  since   timestamptz(3) NOT NULL,
  used    integer NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON invitation_budgets TO gatehouse_console;

-- Searched and sorted by among the members of a tenant, computed once and not for each look.
ALTER TABLE users ADD COLUMN search text GENERATED ALWAYS AS (lower(name || ' ' || email)) STORED;
