-- The foundation: people, tenants, drafts and revisions, keys, jobs, audit, and who may see which of it.
--
-- Conventions
--   * Every table with a tenant has row-level security, forced: one policy for the console (the tenant that the
--     transaction set), and separate ones for the data plane's roles where they may look at all.
--   * The tenant is compared through a sub-select so that it is computed once per query, not once per row.
--   * NULLIF, because a custom setting that was set once in a session reads '' and not NULL afterwards.
--   * changed_xid lets a reader ask "what changed since the snapshot I last read" without losing a transaction
--     that committed late: it re-reads everything at or above that snapshot's xmin.

DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['gatehouse_console', 'gatehouse_gateway', 'gatehouse_worker'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL; -- roles belong to the server; another database of the same server made it
    END;
  END LOOP;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO gatehouse_console, gatehouse_gateway, gatehouse_worker;

CREATE FUNCTION app_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('app.tenant', true), '')::uuid $$;
CREATE FUNCTION app_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT NULLIF(current_setting('app.user', true), '')::uuid $$;

CREATE FUNCTION stamp_changed_xid() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN NEW.changed_xid := pg_current_xact_id(); RETURN NEW; END $$;

-- ── People ──────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE users (
  id            uuid PRIMARY KEY,
  email         text NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
  name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  password_hash text,
  is_operator   boolean NOT NULL DEFAULT false,
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  disabled_at   timestamptz(3)
);
CREATE UNIQUE INDEX users_email_key ON users (email);

CREATE TABLE sessions (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  last_seen_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at   timestamptz(3) NOT NULL,
  revoked_at   timestamptz(3),
  user_agent   text NOT NULL DEFAULT '',
  ip           text NOT NULL DEFAULT ''
);
CREATE INDEX sessions_user_idx ON sessions (user_id, created_at DESC);

-- One row per account and per address that failed to sign in lately; see lib/sign-in.
CREATE TABLE sign_in_throttles (
  subject       text PRIMARY KEY,
  failures      integer NOT NULL,
  last_failure  timestamptz(3) NOT NULL,
  blocked_until timestamptz(3) NOT NULL
);

-- ── Tenants ─────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE tenants (
  id            uuid PRIMARY KEY,
  slug          text NOT NULL CHECK (slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'),
  name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  live_revision integer,
  created_at    timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at    timestamptz(3),
  changed_xid   xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE UNIQUE INDEX tenants_slug_key ON tenants (slug);
CREATE INDEX tenants_changed_idx ON tenants (changed_xid);
CREATE TRIGGER tenants_changed BEFORE INSERT OR UPDATE ON tenants FOR EACH ROW EXECUTE FUNCTION stamp_changed_xid();

CREATE TABLE memberships (
  tenant_id  uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role       text NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'support', 'viewer')),
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX memberships_user_idx ON memberships (user_id, tenant_id);

-- tenant_id NULL: a personal token, good wherever its user is a member; otherwise bound to that one tenant.
CREATE TABLE access_tokens (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  tenant_id    uuid REFERENCES tenants ON DELETE CASCADE,
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  token_hash   bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  last_four    text NOT NULL,
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  expires_at   timestamptz(3) NOT NULL,
  last_used_at timestamptz(3),
  revoked_at   timestamptz(3)
);
CREATE UNIQUE INDEX access_tokens_hash_key ON access_tokens (token_hash);
CREATE INDEX access_tokens_user_idx ON access_tokens (user_id, created_at DESC);
CREATE INDEX access_tokens_tenant_idx ON access_tokens (tenant_id);

-- ── Routes: the draft, and what was published from it ───────────────────────────────────────────────────────

CREATE TABLE drafts (
  tenant_id  uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  version    bigint NOT NULL DEFAULT 1,
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_by uuid REFERENCES users ON DELETE SET NULL
);

-- document is json, not jsonb: it keeps the bytes that were saved, so saving what was not changed changes nothing.
CREATE TABLE draft_routes (
  id         uuid PRIMARY KEY,
  tenant_id  uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  method     text NOT NULL,
  path       text NOT NULL,
  enabled    boolean NOT NULL,
  document   json NOT NULL,
  version    integer NOT NULL DEFAULT 1,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_by uuid REFERENCES users ON DELETE SET NULL
);
CREATE INDEX draft_routes_list_idx ON draft_routes (tenant_id, path, method, id);

-- content is the canonical text of the whole document; hash is its SHA-256.
CREATE TABLE revisions (
  tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  number       integer NOT NULL CHECK (number > 0),
  content      text NOT NULL,
  hash         text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  route_count  integer NOT NULL,
  note         text NOT NULL DEFAULT '',
  rolled_back_from integer,
  published_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  published_by uuid REFERENCES users ON DELETE SET NULL,
  published_by_label text NOT NULL,
  PRIMARY KEY (tenant_id, number)
);

-- ── The data plane reports ──────────────────────────────────────────────────────────────────────────────────

-- applied_snapshot: every change visible in this snapshot is in force on that gateway.
CREATE TABLE gateway_instances (
  id               uuid PRIMARY KEY,
  kind             text NOT NULL CHECK (kind IN ('gateway', 'worker')),
  name             text NOT NULL,
  address          text NOT NULL DEFAULT '',
  version          text NOT NULL,
  started_at       timestamptz(3) NOT NULL,
  last_seen_at     timestamptz(3) NOT NULL,
  stopped_at       timestamptz(3),
  applied_snapshot pg_snapshot
);
CREATE INDEX gateway_instances_seen_idx ON gateway_instances (last_seen_at DESC);

CREATE TABLE acknowledgements (
  tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  instance_id uuid NOT NULL REFERENCES gateway_instances ON DELETE CASCADE,
  revision    integer NOT NULL,          -- what it serves now
  since       timestamptz(3) NOT NULL,   -- since when it serves that
  refused     integer,                   -- a newer revision that it would not take
  error       text,                      -- and why
  PRIMARY KEY (tenant_id, instance_id)
);

CREATE TABLE functions (
  name          text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  registered_at timestamptz(3) NOT NULL DEFAULT now(),
  seen_at       timestamptz(3) NOT NULL DEFAULT now()
);

-- ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE api_keys (
  id                  uuid PRIMARY KEY,
  tenant_id           uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name                text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  description         text NOT NULL DEFAULT '',
  key_hash            bytea NOT NULL CHECK (octet_length(key_hash) = 32),
  prefix              text NOT NULL,
  last_four           text NOT NULL,
  authorized_requests json,
  expires_at          timestamptz(3),
  created_at          timestamptz(3) NOT NULL DEFAULT now(),
  created_by          uuid REFERENCES users ON DELETE SET NULL,
  created_by_label    text NOT NULL,
  revoked_at          timestamptz(3),
  revoked_by_label    text,
  version             integer NOT NULL DEFAULT 1,
  changed_xid         xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE UNIQUE INDEX api_keys_hash_key ON api_keys (key_hash);
CREATE INDEX api_keys_list_idx ON api_keys (tenant_id, created_at DESC, id DESC);
CREATE INDEX api_keys_changed_idx ON api_keys (changed_xid);
CREATE TRIGGER api_keys_changed BEFORE INSERT OR UPDATE ON api_keys FOR EACH ROW EXECUTE FUNCTION stamp_changed_xid();

-- Apart from api_keys, so that noting a use does not look like a change of the key.
CREATE TABLE api_key_usage (
  api_key_id   uuid PRIMARY KEY REFERENCES api_keys ON DELETE CASCADE,
  tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  last_used_at timestamptz(3) NOT NULL
);
CREATE INDEX api_key_usage_tenant_idx ON api_key_usage (tenant_id);

-- ── Jobs: the ledger ────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE jobs (
  id                uuid PRIMARY KEY,
  tenant_id         uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  function          text NOT NULL,
  state             text NOT NULL CHECK (state IN ('queued', 'running', 'retrying', 'succeeded', 'dead', 'cancelled', 'discarded')),
  input             json NOT NULL,
  result            json,
  error             json,                    -- of the last failed attempt: { name, message, stack }
  error_fingerprint text,
  attempts          integer NOT NULL DEFAULT 0,
  max_attempts      integer NOT NULL DEFAULT 5 CHECK (max_attempts BETWEEN 1 AND 1000),
  timeout_ms        integer NOT NULL DEFAULT 60000,
  run_at            timestamptz(3) NOT NULL DEFAULT now(),
  created_at        timestamptz(3) NOT NULL DEFAULT now(),
  started_at        timestamptz(3),
  finished_at       timestamptz(3),
  lease_expires_at  timestamptz(3),
  worker_id         uuid,
  dispatch          integer NOT NULL DEFAULT 1, -- which dispatch may run it; an older one that turns up late is stale
  route_id          uuid,
  revision          integer,
  api_key_id        uuid,
  request_id        text,
  enqueued_by       text NOT NULL DEFAULT 'route' CHECK (enqueued_by IN ('route', 'handler'))
);
CREATE INDEX jobs_list_idx ON jobs (tenant_id, created_at DESC, id DESC);
CREATE INDEX jobs_state_idx ON jobs (tenant_id, state, created_at DESC, id DESC);
CREATE INDEX jobs_function_idx ON jobs (tenant_id, function, created_at DESC, id DESC);
CREATE INDEX jobs_dead_groups_idx ON jobs (tenant_id, error_fingerprint) WHERE state = 'dead';
CREATE INDEX jobs_lease_idx ON jobs (lease_expires_at) WHERE state = 'running';
CREATE INDEX jobs_waiting_idx ON jobs (run_at) WHERE state IN ('queued', 'retrying');
CREATE INDEX jobs_request_idx ON jobs (tenant_id, request_id) WHERE request_id IS NOT NULL;

CREATE TABLE job_attempts (
  job_id      uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
  number      integer NOT NULL,
  tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  worker_id   uuid NOT NULL,
  started_at  timestamptz(3) NOT NULL,
  finished_at timestamptz(3),
  outcome     text NOT NULL CHECK (outcome IN ('running', 'succeeded', 'failed', 'timed_out', 'lost', 'cancelled')),
  error       json,
  PRIMARY KEY (job_id, number)
);
CREATE INDEX job_attempts_tenant_idx ON job_attempts (tenant_id);

CREATE TABLE job_actions (
  id          uuid PRIMARY KEY,
  job_id      uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
  tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  action      text NOT NULL CHECK (action IN ('retry', 'cancel', 'discard')),
  actor_id    uuid REFERENCES users ON DELETE SET NULL,
  actor_label text NOT NULL,
  reason      text NOT NULL,
  at          timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX job_actions_job_idx ON job_actions (job_id, at);
CREATE INDEX job_actions_tenant_idx ON job_actions (tenant_id);

CREATE TABLE job_idempotency (
  tenant_id  uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  scope      text NOT NULL,
  key        text NOT NULL,
  job_id     uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, scope, key)
);
CREATE INDEX job_idempotency_expiry_idx ON job_idempotency (expires_at);
CREATE INDEX job_idempotency_job_idx ON job_idempotency (job_id);

-- ── Audit ───────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE audit_entries (
  id          uuid PRIMARY KEY,
  tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
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
CREATE INDEX audit_entries_list_idx ON audit_entries (tenant_id, at DESC, id DESC);

-- ── Who may see what ────────────────────────────────────────────────────────────────────────────────────────

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'drafts', 'draft_routes', 'revisions', 'acknowledgements', 'api_keys', 'api_key_usage',
    'jobs', 'job_attempts', 'job_actions', 'job_idempotency', 'audit_entries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY console_tenant ON %I TO gatehouse_console
      USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', name);
  END LOOP;
END $$;

ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY console_tenant ON memberships TO gatehouse_console
  USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
-- A person may see which tenants they belong to before one of them is chosen.
CREATE POLICY console_own ON memberships FOR SELECT TO gatehouse_console USING (user_id = (SELECT app_user()));

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY console_tenant ON tenants TO gatehouse_console
  USING (id = (SELECT app_tenant())) WITH CHECK (id = (SELECT app_tenant()));
CREATE POLICY console_own ON tenants FOR SELECT TO gatehouse_console
  USING (id IN (SELECT m.tenant_id FROM memberships m WHERE m.user_id = (SELECT app_user())));

ALTER TABLE access_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY console_own ON access_tokens TO gatehouse_console
  USING (user_id = (SELECT app_user())) WITH CHECK (user_id = (SELECT app_user()));
-- Before anybody is known, the one row whose secret was presented.
CREATE POLICY console_presented ON access_tokens FOR SELECT TO gatehouse_console
  USING (token_hash = (SELECT decode(current_setting('app.credential', true), 'hex')));

GRANT SELECT, INSERT, UPDATE ON users, sessions TO gatehouse_console;
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_throttles TO gatehouse_console;
GRANT SELECT, INSERT, UPDATE ON tenants TO gatehouse_console;
GRANT SELECT, INSERT, UPDATE, DELETE ON memberships TO gatehouse_console;
GRANT SELECT, INSERT, UPDATE ON access_tokens, drafts, api_keys TO gatehouse_console;
GRANT SELECT, INSERT, UPDATE, DELETE ON draft_routes TO gatehouse_console;
GRANT SELECT, INSERT ON revisions, audit_entries, job_actions TO gatehouse_console;
GRANT SELECT ON gateway_instances, acknowledgements, functions, api_key_usage, job_attempts, job_idempotency TO gatehouse_console;
GRANT SELECT, UPDATE ON jobs TO gatehouse_console;

-- The gateway: published revisions, key hashes, its own reports, and jobs it accepts. Not users, sessions, drafts, audit.
CREATE POLICY gateway_read ON tenants FOR SELECT TO gatehouse_gateway USING (true);
CREATE POLICY gateway_read ON revisions FOR SELECT TO gatehouse_gateway USING (true);
CREATE POLICY gateway_read ON api_keys FOR SELECT TO gatehouse_gateway USING (true);
CREATE POLICY gateway_report ON acknowledgements TO gatehouse_gateway USING (true) WITH CHECK (true);
CREATE POLICY gateway_report ON api_key_usage TO gatehouse_gateway USING (true) WITH CHECK (true);
CREATE POLICY gateway_enqueue ON jobs FOR INSERT TO gatehouse_gateway WITH CHECK (state = 'queued');
CREATE POLICY gateway_status ON jobs FOR SELECT TO gatehouse_gateway USING (true);
CREATE POLICY gateway_idempotency ON job_idempotency TO gatehouse_gateway USING (true) WITH CHECK (true);

GRANT SELECT (id, slug, live_revision, deleted_at, changed_xid) ON tenants TO gatehouse_gateway;
GRANT SELECT (tenant_id, number, content, hash) ON revisions TO gatehouse_gateway;
GRANT SELECT (id, tenant_id, key_hash, authorized_requests, expires_at, revoked_at, changed_xid) ON api_keys TO gatehouse_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON acknowledgements TO gatehouse_gateway;
GRANT SELECT, INSERT, UPDATE ON api_key_usage, gateway_instances TO gatehouse_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON functions TO gatehouse_gateway;
GRANT INSERT ON jobs TO gatehouse_gateway;
GRANT SELECT (id, tenant_id, state, attempts, max_attempts, created_at, started_at, finished_at, result, error) ON jobs TO gatehouse_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON job_idempotency TO gatehouse_gateway;

-- The worker: the ledger and its dispatcher.
CREATE POLICY worker_run ON jobs TO gatehouse_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_run ON job_attempts TO gatehouse_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_run ON job_idempotency TO gatehouse_worker USING (true) WITH CHECK (true);
CREATE POLICY worker_read ON tenants FOR SELECT TO gatehouse_worker USING (true);

GRANT SELECT (id, slug, deleted_at) ON tenants TO gatehouse_worker;
GRANT SELECT, INSERT, UPDATE ON jobs, job_attempts TO gatehouse_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON job_idempotency TO gatehouse_worker;
GRANT SELECT, INSERT, UPDATE ON gateway_instances TO gatehouse_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON functions TO gatehouse_worker;
