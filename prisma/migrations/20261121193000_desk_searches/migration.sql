-- What operators looked for at the support desk. It belongs to no tenant, and every operator reads all of it. Written
-- once; nobody of the application changes or removes it.
CREATE TABLE desk_searches (
  id             uuid PRIMARY KEY,
  at             timestamptz(3) NOT NULL DEFAULT now(),
  operator_id    uuid REFERENCES users ON DELETE SET NULL,
  operator_email text NOT NULL,
  operator_name  text NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('id', 'key-part', 'key', 'text')),
  asked          text CHECK (length(asked) <= 200), -- null where it could be a secret
  found          integer NOT NULL CHECK (found >= 0),
  tenants        text[] NOT NULL,                   -- slugs of those in which something was found
  request_id     text NOT NULL,
  ip             text NOT NULL
);
CREATE INDEX desk_searches_list_idx ON desk_searches (at DESC, id DESC);
CREATE INDEX desk_searches_operator_idx ON desk_searches (operator_id);

ALTER TABLE desk_searches ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk_searches FORCE ROW LEVEL SECURITY;
CREATE POLICY desk_read ON desk_searches FOR SELECT TO gatehouse_console
  USING ((SELECT support_is_operator()));
CREATE POLICY desk_note ON desk_searches FOR INSERT TO gatehouse_console
  WITH CHECK (operator_id = (SELECT app_user()) AND (SELECT support_is_operator()));
GRANT SELECT, INSERT ON desk_searches TO gatehouse_console;
