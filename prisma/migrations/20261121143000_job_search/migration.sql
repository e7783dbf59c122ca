-- Finding one of very many jobs: by what it is, by what went wrong, and by a value in its payload.

-- A list narrowed to a function, a route or a key is mostly narrowed to a state as well, and one of seven states is
-- read as quickly as all seven merged. Every change of a job's state writes each of these indexes anew, so there is
-- one for each thing that people ask for and none for their combinations.
DROP INDEX jobs_function_idx;
CREATE INDEX jobs_function_idx ON jobs (tenant_id, function, state, created_at DESC, id DESC);
CREATE INDEX jobs_route_idx ON jobs (tenant_id, route_id, state, created_at DESC, id DESC) WHERE route_id IS NOT NULL;
CREATE INDEX jobs_key_idx ON jobs (tenant_id, api_key_id, state, created_at DESC, id DESC)
  WHERE api_key_id IS NOT NULL;
-- Jobs that failed, whatever became of them since. Only these pay for it.
CREATE INDEX jobs_error_idx ON jobs (tenant_id, error_fingerprint, created_at DESC, id DESC, state)
  WHERE error_fingerprint IS NOT NULL;

-- What a job's payload can be found by: 64 bits for each of its leaves (lib/contract/job-terms.ts), into the upper of
-- which the hour of the job is mixed, so that the list of jobs with a common value is short. A table of its own: the
-- ledger's rows are written several times in a job's life, and these once.
CREATE TABLE job_terms (
  job_id     uuid PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
  tenant_id  uuid NOT NULL,
  created_at timestamptz(3) NOT NULL,
  terms      bigint[] NOT NULL
);
-- Without the list of pending entries: every look-up of one hour would read all of it.
CREATE INDEX job_terms_idx ON job_terms USING gin (terms) WITH (fastupdate = off);

-- Paths whose values are masked beside those with telling names. `pattern` is `path` as a regular expression over a
-- whole path in lower case.
CREATE TABLE job_mask_rules (
  tenant_id  uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  path       text NOT NULL,
  pattern    text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, path)
);

-- A list of jobs to come back to: its filters, as its address has them.
CREATE TABLE job_views (
  id          uuid PRIMARY KEY,
  tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  owner_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  owner_label text NOT NULL,
  shared      boolean NOT NULL DEFAULT false,
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
  filters     json NOT NULL,
  created_at  timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX job_views_tenant_idx ON job_views (tenant_id, name);

ALTER TABLE job_terms ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_terms FORCE ROW LEVEL SECURITY;
CREATE POLICY console_tenant ON job_terms TO gatehouse_console
  USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
CREATE POLICY gateway_enqueue ON job_terms FOR INSERT TO gatehouse_gateway WITH CHECK (true);
CREATE POLICY worker_enqueue ON job_terms FOR INSERT TO gatehouse_worker WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON job_terms TO gatehouse_console;
GRANT INSERT ON job_terms TO gatehouse_gateway, gatehouse_worker;

ALTER TABLE job_mask_rules ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_mask_rules FORCE ROW LEVEL SECURITY;
CREATE POLICY console_tenant ON job_mask_rules TO gatehouse_console
  USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
GRANT SELECT, INSERT, UPDATE, DELETE ON job_mask_rules TO gatehouse_console;

ALTER TABLE job_views ENABLE ROW LEVEL SECURITY;
ALTER TABLE job_views FORCE ROW LEVEL SECURITY;
-- Somebody's own, and what others have shared.
CREATE POLICY console_tenant ON job_views TO gatehouse_console
  USING (tenant_id = (SELECT app_tenant()) AND (shared OR owner_id = (SELECT app_user())))
  WITH CHECK (tenant_id = (SELECT app_tenant()) AND (shared OR owner_id = (SELECT app_user())));
GRANT SELECT, INSERT, UPDATE, DELETE ON job_views TO gatehouse_console;

-- Row-level security keeps && out of index conditions, as it does LIKE (see the search of keys). This function puts
-- the tenant into the question itself and reads as a role that nobody can sign in as. It gives ids and dates of jobs
-- of the transaction's tenant and nothing else; the jobs are then read under the policies as usual.
--
-- It goes from hour to hour and stops at `at_most`. `strict` refuses instead of stopping: whoever acts on what was
-- found must not act on a part of it. A path that the tenant masks is refused, or counting what is found would tell
-- what the page hides.
CREATE FUNCTION jobs_with_value(
  path text, hashes bigint[], since timestamptz, until timestamptz, at_most integer, newest_first boolean, strict boolean
) RETURNS TABLE (job_id uuid, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  me         uuid := public.app_tenant();
  first_hour bigint := floor(extract(epoch FROM since) / 3600);
  last_hour  bigint := floor(extract(epoch FROM until) / 3600);
  hour       bigint;
  wanted     bigint[];
  found_here integer;
  found_all  integer := 0;
BEGIN
  IF last_hour - first_hour > 31 * 24 + 1 THEN
    RAISE EXCEPTION 'a payload value is looked for in at most 31 days' USING ERRCODE = 'GH001';
  END IF;
  IF EXISTS (SELECT FROM public.job_mask_rules r WHERE r.tenant_id = me AND lower(jobs_with_value.path) ~ r.pattern) THEN
    RAISE EXCEPTION 'a masked value cannot be looked for' USING ERRCODE = 'GH002';
  END IF;
  FOR step IN 0 .. last_hour - first_hour LOOP
    hour := CASE WHEN newest_first THEN last_hour - step ELSE first_hour + step END;
    wanted := ARRAY(SELECT h # (hour << 40) FROM unnest(hashes) h);
    IF newest_first THEN
      RETURN QUERY SELECT t.job_id, t.created_at::timestamptz FROM public.job_terms t
        WHERE t.terms && wanted AND t.tenant_id = me AND t.created_at >= since AND t.created_at < until
        ORDER BY t.created_at DESC, t.job_id DESC LIMIT at_most - found_all;
    ELSE
      RETURN QUERY SELECT t.job_id, t.created_at::timestamptz FROM public.job_terms t
        WHERE t.terms && wanted AND t.tenant_id = me AND t.created_at >= since AND t.created_at < until
        ORDER BY t.created_at, t.job_id LIMIT at_most - found_all;
    END IF;
    GET DIAGNOSTICS found_here = ROW_COUNT;
    found_all := found_all + found_here;
    EXIT WHEN found_all >= at_most;
  END LOOP;
  IF strict AND found_all >= at_most THEN
    RAISE EXCEPTION 'too many jobs have this value' USING ERRCODE = 'GH003';
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION jobs_with_value FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs_with_value TO gatehouse_console;

GRANT SELECT ON job_terms, job_mask_rules TO gatehouse_search;
CREATE POLICY search_all ON job_terms FOR SELECT TO gatehouse_search USING (true);
CREATE POLICY search_all ON job_mask_rules FOR SELECT TO gatehouse_search USING (true);

-- Only for as long as it takes to hand the function over: a member would be let through by those policies.
GRANT gatehouse_search TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO gatehouse_search;
ALTER FUNCTION jobs_with_value OWNER TO gatehouse_search;
REVOKE CREATE ON SCHEMA public FROM gatehouse_search;
REVOKE gatehouse_search FROM CURRENT_USER;
