-- What a person gives beside the password: codes of an authenticator app, recovery codes, passkeys.
--
--   * All of it belongs to a person: seen and written only in a transaction of that person.
--   * users.has_second_factor says whether a session needs a second step, and tells a tenant's admins who has one
--     without showing them what. Triggers keep it, so that nobody can forget to.

ALTER TABLE users ADD COLUMN has_second_factor boolean NOT NULL DEFAULT false;

-- At most one that counts, and one that is being set up: it counts once a code of it was given.
-- last_step is the newest 30-second step of which a code was taken; neither it nor an older one is taken again.
CREATE TABLE totp_factors (
  user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  confirmed     boolean NOT NULL DEFAULT false,
  secret        bytea NOT NULL,
  secret_key_id text NOT NULL,
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  last_used_at  timestamptz(3),
  last_step     bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, confirmed)
);

CREATE TABLE recovery_codes (
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  code_hash  bytea NOT NULL CHECK (octet_length(code_hash) = 32),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  used_at    timestamptz(3),
  PRIMARY KEY (user_id, code_hash)
);

CREATE TABLE passkeys (
  id            uuid PRIMARY KEY,
  user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  credential_id bytea NOT NULL CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
  public_key    bytea NOT NULL CHECK (octet_length(public_key) BETWEEN 1 AND 8192),
  counter       bigint NOT NULL CHECK (counter >= 0),
  transports    text[] NOT NULL DEFAULT '{}',
  backed_up     boolean NOT NULL,
  name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  last_used_at  timestamptz(3)
);
CREATE UNIQUE INDEX passkeys_credential_key ON passkeys (credential_id);
CREATE INDEX passkeys_user_idx ON passkeys (user_id, created_at);

-- Challenges are signed by the console and kept nowhere; only one that was answered rightly is noted, until it would
-- have expired anyway. Strangers who ask for challenges write nothing.
CREATE TABLE used_challenges (
  challenge_hash bytea PRIMARY KEY CHECK (octet_length(challenge_hash) = 32),
  expires_at     timestamptz(3) NOT NULL
);
CREATE INDEX used_challenges_expiry_idx ON used_challenges (expires_at);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['totp_factors', 'recovery_codes', 'passkeys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY console_own ON %I TO gatehouse_console
      USING (user_id = (SELECT app_user())) WITH CHECK (user_id = (SELECT app_user()))', name);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON totp_factors, recovery_codes, passkeys TO gatehouse_console;
GRANT SELECT, INSERT, DELETE ON used_challenges TO gatehouse_console;

CREATE FUNCTION note_second_factor() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  person uuid := CASE TG_OP WHEN 'DELETE' THEN OLD.user_id ELSE NEW.user_id END;
BEGIN
  UPDATE users SET has_second_factor =
    EXISTS (SELECT FROM totp_factors f WHERE f.user_id = person AND f.confirmed)
    OR EXISTS (SELECT FROM passkeys p WHERE p.user_id = person)
  WHERE id = person;
  RETURN NULL;
END $$;
CREATE TRIGGER totp_factors_noted AFTER INSERT OR DELETE OR UPDATE OF confirmed ON totp_factors
  FOR EACH ROW EXECUTE FUNCTION note_second_factor();
CREATE TRIGGER passkeys_noted AFTER INSERT OR DELETE ON passkeys
  FOR EACH ROW EXECUTE FUNCTION note_second_factor();
