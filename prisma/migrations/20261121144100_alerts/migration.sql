-- Alerts on dead letters: what a tenant wants to be told about, and what there is to tell.

-- For the age of the oldest dead letter, and how many there are of the last minutes.
CREATE INDEX jobs_dead_finished_idx ON jobs (tenant_id, finished_at) WHERE state = 'dead';

-- Which of the numbers a rule has follows from its kind.
--   growth:    more than threshold dead letters in window_minutes
--   age:       the oldest dead letter waits for longer than max_age_hours
--   new_error: a dead letter with an error that was not seen for quiet_days
CREATE TABLE alert_rules (
  id               uuid PRIMARY KEY,
  tenant_id        uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  kind             text NOT NULL CHECK (kind IN ('growth', 'age', 'new_error')),
  threshold        integer CHECK (threshold BETWEEN 0 AND 100000),
  window_minutes   integer CHECK (window_minutes BETWEEN 1 AND 10080),
  max_age_hours    integer CHECK (max_age_hours BETWEEN 1 AND 8760),
  quiet_days       integer CHECK (quiet_days BETWEEN 1 AND 365),
  repeat_minutes   integer CHECK (repeat_minutes BETWEEN 5 AND 10080), -- NULL: told once
  enabled          boolean NOT NULL DEFAULT true,
  evaluated_at     timestamptz(3),            -- NULL until the first time since it was made or enabled
  next_at          timestamptz(3) NOT NULL DEFAULT now(),
  created_at       timestamptz(3) NOT NULL DEFAULT now(),
  created_by_label text NOT NULL,
  updated_at       timestamptz(3) NOT NULL DEFAULT now(),
  version          integer NOT NULL DEFAULT 1,
  CHECK (num_nonnulls(threshold, window_minutes) = CASE kind WHEN 'growth' THEN 2 ELSE 0 END),
  CHECK (num_nonnulls(max_age_hours) = CASE kind WHEN 'age' THEN 1 ELSE 0 END),
  CHECK (num_nonnulls(quiet_days) = CASE kind WHEN 'new_error' THEN 1 ELSE 0 END)
);
CREATE INDEX alert_rules_list_idx ON alert_rules (tenant_id, created_at DESC, id DESC);
CREATE INDEX alert_rules_due_idx ON alert_rules (next_at) WHERE enabled;

-- Which errors a rule for new ones knows, and when each was last seen.
CREATE TABLE alert_known_errors (
  rule_id     uuid NOT NULL REFERENCES alert_rules ON DELETE CASCADE,
  fingerprint text NOT NULL,
  tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  last_seen   timestamptz(3) NOT NULL,
  PRIMARY KEY (rule_id, fingerprint)
);
CREATE INDEX alert_known_errors_tenant_idx ON alert_known_errors (tenant_id);

-- What a rule found, from when it began until it was over; or a webhook that was given up (no rule, an endpoint).
CREATE TABLE alerts (
  id              uuid PRIMARY KEY,
  tenant_id       uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  rule_id         uuid REFERENCES alert_rules ON DELETE CASCADE,
  endpoint_id     uuid REFERENCES webhook_endpoints ON DELETE CASCADE,
  kind            text NOT NULL CHECK (kind IN ('growth', 'age', 'new_error', 'webhook_disabled')),
  name            text NOT NULL,
  summary         text NOT NULL,
  errors          json NOT NULL DEFAULT '[]',  -- of new errors: [{ fingerprint, name, message }]
  opened_at       timestamptz(3) NOT NULL,
  clear_since     timestamptz(3),              -- since when its cause is gone; it is over some minutes later
  resolved_at     timestamptz(3),
  acknowledged_at timestamptz(3),
  acknowledged_by text,
  snoozed_until   timestamptz(3),
  last_told_at    timestamptz(3),
  told            integer NOT NULL DEFAULT 0,
  CHECK (num_nonnulls(rule_id, endpoint_id) = 1),
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
-- A rule has at most one alert at a time, however many workers look.
CREATE UNIQUE INDEX alerts_open_rule_key ON alerts (rule_id) WHERE resolved_at IS NULL;
CREATE UNIQUE INDEX alerts_open_endpoint_key ON alerts (endpoint_id) WHERE resolved_at IS NULL;
CREATE INDEX alerts_list_idx ON alerts (tenant_id, opened_at DESC, id DESC);
CREATE INDEX alerts_open_idx ON alerts (tenant_id, opened_at DESC) WHERE resolved_at IS NULL;
CREATE INDEX alerts_rule_idx ON alerts (rule_id) WHERE rule_id IS NOT NULL;
CREATE INDEX alerts_resolved_idx ON alerts (resolved_at) WHERE resolved_at IS NOT NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['alert_rules', 'alert_known_errors', 'alerts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY console_tenant ON %I TO gatehouse_console
      USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', name);
    EXECUTE format('CREATE POLICY worker_run ON %I TO gatehouse_worker USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON alert_rules TO gatehouse_console;
GRANT SELECT ON alert_known_errors TO gatehouse_console;
GRANT SELECT, UPDATE ON alerts TO gatehouse_console;
GRANT SELECT, UPDATE ON alert_rules TO gatehouse_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON alert_known_errors, alerts TO gatehouse_worker;
