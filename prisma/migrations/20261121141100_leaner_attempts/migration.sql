-- An attempt belongs to its job, which belongs to its tenant and goes with it. The reference to the tenant beside that
-- was looked up, and its row locked, for every attempt of every job, and nothing asks for attempts by tenant alone.
ALTER TABLE job_attempts DROP CONSTRAINT job_attempts_tenant_id_fkey;
DROP INDEX job_attempts_tenant_idx;
