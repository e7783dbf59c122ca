-- Nothing is left of a tenant that is purged, in what operators looked for neither: that they looked stays, by whom and
-- how much was found; which tenant it was in and what was asked for goes.
CREATE POLICY purge ON desk_searches TO gatehouse_purge USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE (tenants, asked) ON desk_searches TO gatehouse_purge;

GRANT gatehouse_purge TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_purge;
CREATE OR REPLACE FUNCTION purge_deleted_tenant(most integer) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  gone uuid;
  called text[];
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
  SELECT ARRAY[slug, lower(name), id::text] INTO called FROM tenants WHERE id = gone;
  UPDATE desk_searches SET tenants = array_remove(tenants, called[1]), asked = NULL
    WHERE called[1] = ANY (tenants)
      OR EXISTS (SELECT FROM unnest(called) one WHERE strpos(lower(asked), one) > 0);
  DELETE FROM tenants WHERE id = gone;
  UPDATE purges SET count = count + 1;
  RETURN 'purged';
END $$;
REVOKE CREATE ON SCHEMA public FROM gatehouse_purge;
REVOKE gatehouse_purge FROM CURRENT_USER;
