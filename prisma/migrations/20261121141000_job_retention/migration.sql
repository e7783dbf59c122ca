-- What a job leaves behind and for how long: the lines that its attempts wrote, when it is deleted, who held it back
-- from that, and what the reconciler had to repair.

ALTER TABLE job_attempts ADD COLUMN logs json; -- what the handler wrote: { lines: [{ at, level, message }], cut, dropped }

-- A held job is never deleted. Who holds it and why is in job_actions.
ALTER TABLE jobs ADD COLUMN held_at timestamptz(3);
-- The next to delete, of each tenant and state. Jobs that have not ended are not in it.
CREATE INDEX jobs_ended_idx ON jobs (tenant_id, state, finished_at) WHERE finished_at IS NOT NULL AND held_at IS NULL;

-- The list of actions is the code's; here is only their shape, so that a further one needs no change of the table.
ALTER TABLE job_actions
  DROP CONSTRAINT job_actions_action_check,
  ADD CONSTRAINT job_actions_action_check CHECK (action ~ '^[a-z][a-z_-]{0,31}$');

-- A tenant without a row keeps its jobs for as long as lib/contract/job-retention.ts says.
CREATE TABLE job_settings (
  tenant_id                uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  retention_days_succeeded integer NOT NULL CHECK (retention_days_succeeded BETWEEN 1 AND 3650),
  retention_days_dead      integer NOT NULL CHECK (retention_days_dead BETWEEN 1 AND 3650),
  retention_days_closed    integer NOT NULL CHECK (retention_days_closed BETWEEN 1 AND 3650), -- cancelled and discarded
  version                  integer NOT NULL DEFAULT 1,
  changed_at               timestamptz(3) NOT NULL DEFAULT now()
);

-- What the reconciler repaired in a tenant, by kind and hour.
CREATE TABLE job_repairs (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  kind      text NOT NULL,
  hour      timestamptz(3) NOT NULL,
  count     integer NOT NULL CHECK (count > 0),
  last_at   timestamptz(3) NOT NULL,
  job_id    uuid,                -- one of them, the latest; it may be gone by now
  PRIMARY KEY (tenant_id, hour, kind)
);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['job_settings', 'job_repairs'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY console_tenant ON %I TO gatehouse_console
      USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()))', name);
    EXECUTE format('CREATE POLICY worker_run ON %I TO gatehouse_worker USING (true) WITH CHECK (true)', name);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE ON job_settings TO gatehouse_console;
GRANT SELECT ON job_settings TO gatehouse_worker;
GRANT SELECT ON job_repairs TO gatehouse_console;
GRANT SELECT, INSERT, UPDATE, DELETE ON job_repairs TO gatehouse_worker;
GRANT DELETE ON jobs TO gatehouse_worker;
