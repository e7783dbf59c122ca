-- What happened to a person's own account, and to no tenant: signing in, passwords, second factors, sessions, personal
-- access tokens. Readable by that person alone; nothing in it names a tenant.

CREATE TABLE personal_audit_entries (
  id          uuid PRIMARY KEY,
  user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  at          timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  actor_type  text NOT NULL CHECK (actor_type IN ('user', 'token', 'system')),
  actor_id    uuid,
  actor_label text NOT NULL,
  action      text NOT NULL,
  target_type text NOT NULL,
  target_id   text NOT NULL,
  before      json,
  after       json,
  reason      text,
  request_id  text NOT NULL,
  ip          text NOT NULL DEFAULT ''
);
CREATE INDEX personal_audit_entries_list_idx ON personal_audit_entries (user_id, at DESC, id DESC);

ALTER TABLE personal_audit_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE personal_audit_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY console_own ON personal_audit_entries TO gatehouse_console
  USING (user_id = (SELECT app_user())) WITH CHECK (user_id = (SELECT app_user()));
GRANT SELECT, INSERT ON personal_audit_entries TO gatehouse_console;
