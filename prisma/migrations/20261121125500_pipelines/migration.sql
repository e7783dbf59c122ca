-- Pipelines: one job whose work is an ordered list of functions. `function` is the one whose turn it is, so that
-- claiming, fingerprints and lists need not know of steps.
ALTER TABLE jobs
  ADD COLUMN steps         text[] NOT NULL DEFAULT '{}', -- the functions in order; none for a plain job
  ADD COLUMN step          integer,                      -- index of the current one, from 0
  ADD COLUMN step_attempts integer,                      -- how often each may be tried
  ADD COLUMN step_base     integer NOT NULL DEFAULT 0,   -- attempts that the steps before it took
  ADD CONSTRAINT jobs_steps_check CHECK (
    CASE WHEN steps = '{}' THEN step IS NULL AND step_attempts IS NULL AND step_base = 0
    ELSE step IS NOT NULL AND step >= 0 AND step < cardinality(steps) AND step_attempts IS NOT NULL
      AND step_attempts BETWEEN 1 AND 100 AND function = steps[step + 1] END),
  -- It counts all steps of a pipeline: 50 of them, each as long as a plain job may take.
  DROP CONSTRAINT jobs_max_attempts_check,
  ADD CONSTRAINT jobs_max_attempts_check CHECK (max_attempts BETWEEN 1 AND 50000);

ALTER TABLE job_attempts ADD COLUMN step integer;

-- The checkpoints of a pipeline: what a finished step handed to the next. The last step's is the job's result.
CREATE TABLE job_steps (
  job_id      uuid NOT NULL REFERENCES jobs ON DELETE CASCADE,
  step        integer NOT NULL,
  tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  result      json NOT NULL,
  finished_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (job_id, step)
);
CREATE INDEX job_steps_tenant_idx ON job_steps (tenant_id);

ALTER TABLE job_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_steps FORCE ROW LEVEL SECURITY;
CREATE POLICY console_tenant ON job_steps TO gatehouse_console
  USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
CREATE POLICY worker_run ON job_steps TO gatehouse_worker USING (true) WITH CHECK (true);
GRANT SELECT ON job_steps TO gatehouse_console;
GRANT SELECT, INSERT ON job_steps TO gatehouse_worker;

-- Whoever cancels a running job closes its attempt.
GRANT UPDATE ON job_attempts TO gatehouse_console;
