-- What a person knows and proves about their own account.
--
--   * email_verified_at: since when it is known that the person receives what is sent to their address. Without it the
--     address is a claim: no identity provider's account is linked by it. Accounts from before were made by operators,
--     who know whom they made them for.
--   * personal_links: one-time links sent by mail, at most one of each purpose for a person, so that asking again ends
--     the one before. Only the SHA-256 of the secret is kept; a link that was used is deleted by whoever uses it, in one
--     statement, so that two at the same moment have one winner.

ALTER TABLE users
  ADD COLUMN email_verified_at   timestamptz(3),
  ADD COLUMN password_changed_at timestamptz(3);
UPDATE users SET email_verified_at = created_at,
  password_changed_at = CASE WHEN password_hash IS NOT NULL THEN created_at END;

CREATE TABLE personal_links (
  user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  purpose     text NOT NULL CHECK (purpose IN ('password', 'email')),
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  -- Where it was sent: it is worth nothing once that is no longer the person's address, or the one they asked for.
  email       text NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
  created_at  timestamptz(3) NOT NULL DEFAULT now(),
  expires_at  timestamptz(3) NOT NULL,
  PRIMARY KEY (user_id, purpose)
);
CREATE UNIQUE INDEX personal_links_hash_key ON personal_links (secret_hash);

ALTER TABLE personal_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE personal_links FORCE ROW LEVEL SECURITY;
CREATE POLICY console_own ON personal_links TO gatehouse_console
  USING (user_id = (SELECT app_user())) WITH CHECK (user_id = (SELECT app_user()));
-- Before anybody is known, the one row whose secret was presented.
CREATE POLICY console_presented ON personal_links FOR SELECT TO gatehouse_console
  USING (secret_hash = (SELECT decode(current_setting('app.credential', true), 'hex')));
CREATE POLICY console_used ON personal_links FOR DELETE TO gatehouse_console
  USING (secret_hash = (SELECT decode(current_setting('app.credential', true), 'hex')));
GRANT SELECT, INSERT, UPDATE, DELETE ON personal_links TO gatehouse_console;

-- The last uses of a person's sessions, newest first.
CREATE INDEX sessions_open_idx ON sessions (user_id, last_seen_at DESC) WHERE revoked_at IS NULL;
