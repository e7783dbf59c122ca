-- Deleting a tenant: at once out of sight and out of service, to be had back for seven days, then gone for good.
--
--   * Deleted is what has deleted_at. The gateways answer 404 from then on, workers take none of its jobs, and every row
--     stays as it is, so that restoring is one update.
--   * Purging is done by a function that no tenant can be named to: it takes the one whose seven days have been over for
--     the longest, by the database's clock, and deletes a bounded part of it at a time. The console may call it and may
--     delete nothing itself.

DO $$
BEGIN
  CREATE ROLE gatehouse_purge NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- roles belong to the server; another database of the same server made it
END $$;

ALTER TABLE tenants
  ADD COLUMN deleted_by_label text,
  ADD COLUMN purging          boolean NOT NULL DEFAULT false, -- parts of it are gone: it cannot be had back any more
  ADD CONSTRAINT tenants_deletion_check CHECK (deleted_at IS NOT NULL OR (deleted_by_label IS NULL AND NOT purging));
CREATE INDEX tenants_deleted_idx ON tenants (deleted_at) WHERE deleted_at IS NOT NULL;

-- How many tenants were purged. Gateways that see it move forget what they keep of tenants and keys that are gone.
CREATE TABLE purges (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  count    bigint NOT NULL DEFAULT 0
);
INSERT INTO purges DEFAULT VALUES;
GRANT SELECT ON purges TO gatehouse_gateway;
GRANT SELECT, UPDATE ON purges TO gatehouse_purge;

-- Keys go in parts, and each asks which link it was handed over with.
CREATE INDEX claim_links_api_key_idx ON claim_links (api_key_id) WHERE api_key_id IS NOT NULL;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['jobs', 'job_actions', 'job_idempotency', 'job_steps', 'dead_letter_runs',
    'dead_letter_run_items', 'dead_letter_changes', 'dead_letter_groups', 'dead_letter_hours', 'webhook_deliveries',
    'webhook_attempts', 'refusals', 'api_keys', 'api_key_traffic', 'api_key_routes', 'claim_links', 'draft_routes',
    'draft_undos', 'revisions', 'memberships', 'audit_entries', 'audit_links'] LOOP
    EXECUTE format('CREATE POLICY purge ON %I TO gatehouse_purge USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT, DELETE ON %I TO gatehouse_purge', name);
  END LOOP;
END $$;
CREATE POLICY purge ON tenants TO gatehouse_purge USING (true) WITH CHECK (true);
GRANT SELECT, DELETE ON tenants TO gatehouse_purge;
GRANT UPDATE (purging, changed_xid) ON tenants TO gatehouse_purge;
-- A dead job that goes notes that there is one less.
GRANT INSERT ON dead_letter_changes TO gatehouse_purge;

-- Deletes up to `most` rows of one tenant whose seven days are over, the largest tables first, and the tenant with all
-- that is left once those are empty. Says 'idle' when there is none, 'more' when it is not done, and 'purged'.
-- Two that run at once take different tenants.
CREATE FUNCTION purge_deleted_tenant(most integer) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  gone uuid;
  part text;
  deleted integer;
BEGIN
  SELECT id INTO gone FROM tenants
    WHERE deleted_at <= clock_timestamp() - interval '7 days' ORDER BY deleted_at LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN 'idle'; END IF;
  UPDATE tenants SET purging = true WHERE id = gone AND NOT purging;
  -- What is referred to comes after what refers to it, and what a row leaves behind when it goes comes after that row.
  FOREACH part IN ARRAY ARRAY['webhook_attempts', 'webhook_deliveries', 'job_actions', 'job_idempotency', 'job_steps',
    'dead_letter_run_items', 'dead_letter_runs', 'jobs', 'dead_letter_changes', 'dead_letter_hours',
    'dead_letter_groups', 'refusals', 'api_key_traffic', 'api_key_routes', 'claim_links', 'api_keys', 'draft_undos',
    'draft_routes', 'revisions', 'memberships', 'audit_links', 'audit_entries'] LOOP
    IF part = 'dead_letter_run_items' THEN
      DELETE FROM dead_letter_run_items WHERE ctid = ANY (ARRAY(
        SELECT i.ctid FROM dead_letter_run_items i JOIN dead_letter_runs r ON r.id = i.run_id
        WHERE r.tenant_id = gone LIMIT most));
    ELSE
      EXECUTE format('DELETE FROM %1$I WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$I WHERE tenant_id = $1 LIMIT $2))',
        part) USING gone, most;
    END IF;
    GET DIAGNOSTICS deleted = ROW_COUNT;
    most := most - deleted;
    IF most <= 0 THEN RETURN 'more'; END IF;
  END LOOP;
  EXECUTE 'DELETE FROM pgboss.job_common WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM pgboss.job_common WHERE group_id = $1::text LIMIT $2))' USING gone, most;
  GET DIAGNOSTICS deleted = ROW_COUNT;
  IF deleted >= most THEN RETURN 'more'; END IF;
  DELETE FROM tenants WHERE id = gone;
  UPDATE purges SET count = count + 1;
  RETURN 'purged';
END $$;

GRANT gatehouse_purge TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_purge;
REVOKE ALL ON FUNCTION purge_deleted_tenant(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_deleted_tenant(integer) TO gatehouse_console;
ALTER FUNCTION purge_deleted_tenant(integer) OWNER TO gatehouse_purge;
REVOKE CREATE ON SCHEMA public FROM gatehouse_purge;
REVOKE gatehouse_purge FROM CURRENT_USER;
