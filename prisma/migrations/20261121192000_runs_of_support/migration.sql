-- The support session in which a run was started, so that a tenant that ends the session holds the run up too.
ALTER TABLE dead_letter_runs ADD COLUMN support_session_id uuid;

-- A deleted tenant's runs wait, as its jobs do, and go on when it is restored. Those that were ended when that was
-- not so can be taken up again. The owner of the table is held to row-level security too, and reaches all rows this once.
ALTER TABLE dead_letter_runs NO FORCE ROW LEVEL SECURITY;
UPDATE dead_letter_runs SET state = 'paused', stop_reason = NULL, finished_at = NULL
WHERE state = 'stopped' AND stop_reason = 'tenant_deleted';
ALTER TABLE dead_letter_runs FORCE ROW LEVEL SECURITY;
ALTER TABLE dead_letter_runs DROP CONSTRAINT dead_letter_runs_stop_reason_check,
  ADD CONSTRAINT dead_letter_runs_stop_reason_check
    CHECK (stop_reason IN ('same_error', 'canary_failed', 'canary_unclear'));

-- What a worker tells to the outside is masked as what the console shows.
CREATE POLICY worker_read ON job_mask_rules FOR SELECT TO gatehouse_worker USING (true);
GRANT SELECT ON job_mask_rules TO gatehouse_worker;
