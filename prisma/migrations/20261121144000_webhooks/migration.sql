-- Webhooks: where a tenant wants to be told, and what it was, or is to be, told.

-- secret is sealed with AES-256-GCM under a key that is not in the database, bound to tenant and id. Of a signed
-- endpoint it is the signing secret; of a chat endpoint the whole address, of which url shows only the host and the end.
-- A deleted endpoint stays as a row without its secrets, for the deliveries that were made to it.
CREATE TABLE webhook_endpoints (
  id                     uuid PRIMARY KEY,
  tenant_id              uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  kind                   text NOT NULL CHECK (kind IN ('signed', 'chat')),
  description            text NOT NULL DEFAULT '' CHECK (length(description) <= 200),
  url                    text NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
  events                 text[] NOT NULL CHECK (cardinality(events) BETWEEN 1 AND 10),
  functions              text[] NOT NULL DEFAULT '{}' CHECK (cardinality(functions) <= 50), -- none: every function
  enabled                boolean NOT NULL DEFAULT true,
  disabled_reason        text CHECK (disabled_reason IN ('person', 'gone', 'failing')),
  disabled_at            timestamptz(3),
  secret                 bytea,
  secret_key_id          text,
  previous_secret        bytea,                 -- also signs until previous_until
  previous_secret_key_id text,
  previous_until         timestamptz(3),
  failing_since          timestamptz(3),        -- of the first attempt that failed since one last succeeded
  created_at             timestamptz(3) NOT NULL DEFAULT now(),
  created_by_label       text NOT NULL,
  updated_at             timestamptz(3) NOT NULL DEFAULT now(),
  deleted_at             timestamptz(3),
  version                integer NOT NULL DEFAULT 1,
  CHECK ((secret IS NULL) = (secret_key_id IS NULL)),
  CHECK ((secret IS NULL) = (deleted_at IS NOT NULL)),
  CHECK ((previous_secret IS NULL) = (previous_secret_key_id IS NULL)),
  CHECK ((previous_secret IS NULL) = (previous_until IS NULL)),
  CHECK (deleted_at IS NULL OR (NOT enabled AND previous_secret IS NULL)),
  CHECK (enabled = (disabled_reason IS NULL)),
  CHECK (enabled = (disabled_at IS NULL))
);
CREATE INDEX webhook_endpoints_list_idx ON webhook_endpoints (tenant_id, created_at DESC, id DESC);
-- What the end of an attempt asks: is anybody of this tenant to be told?
CREATE INDEX webhook_endpoints_enabled_idx ON webhook_endpoints (tenant_id) WHERE enabled;

-- One event for one endpoint: the outbox and, once it is finished, the log. body is what is sent, byte for byte, and
-- holds no payload and no result of a job.
CREATE TABLE webhook_deliveries (
  id           uuid PRIMARY KEY,
  tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  endpoint_id  uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
  job_id       uuid REFERENCES jobs ON DELETE CASCADE, -- NULL for an alert or a test
  event_id     text NOT NULL CHECK (event_id ~ '^[A-Za-z0-9_]{1,80}$'),
  event_type   text NOT NULL,
  body         text NOT NULL CHECK (octet_length(body) <= 20480),
  state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'cancelled')),
  attempts     integer NOT NULL DEFAULT 0,
  round_start  integer NOT NULL DEFAULT 0,    -- attempts before it was last sent again by a person
  max_attempts integer NOT NULL,              -- of one round
  next_at      timestamptz(3) NOT NULL DEFAULT now(), -- while one is under way, when it counts as lost
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  finished_at  timestamptz(3),
  CHECK ((state = 'waiting') = (finished_at IS NULL)),
  -- The same event is told to the same endpoint once, whoever writes it down twice.
  UNIQUE (endpoint_id, event_id)
);
CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (endpoint_id, next_at) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_job_idx ON webhook_deliveries (job_id, created_at) WHERE job_id IS NOT NULL;
CREATE INDEX webhook_deliveries_list_idx ON webhook_deliveries (tenant_id, endpoint_id, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_finished_idx ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE webhook_attempts (
  delivery_id uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
  number      integer NOT NULL,
  tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  worker_id   uuid,                           -- NULL of one that is known only to have been lost
  started_at  timestamptz(3) NOT NULL,
  duration_ms integer NOT NULL,
  status      integer,                        -- of the answer; NULL when there was none
  error       text,                           -- why it does not count as delivered; NULL when it does
  response    text,                           -- the first bytes of the answer
  PRIMARY KEY (delivery_id, number)
);
CREATE INDEX webhook_attempts_tenant_idx ON webhook_attempts (tenant_id);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['webhook_endpoints', 'webhook_deliveries', 'webhook_attempts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY console_tenant ON %I TO gatehouse_console
      USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', name);
    EXECUTE format('CREATE POLICY worker_run ON %I TO gatehouse_worker USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON webhook_endpoints, webhook_deliveries TO gatehouse_console;
GRANT SELECT ON webhook_attempts TO gatehouse_console;
GRANT SELECT, UPDATE ON webhook_endpoints TO gatehouse_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_deliveries TO gatehouse_worker;
GRANT SELECT, INSERT, UPDATE ON webhook_attempts TO gatehouse_worker;
