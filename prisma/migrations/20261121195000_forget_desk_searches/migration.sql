-- What operators looked for is kept for a year and then goes: it names people and where they were. How long is said here
-- alone, so that whoever may call this can have nothing removed before its time.
GRANT DELETE ON desk_searches TO gatehouse_purge;

-- Removes at most so many that are over, the oldest first, and gives how many.
CREATE FUNCTION forget_desk_searches(most integer) RETURNS integer
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH gone AS (
    DELETE FROM desk_searches WHERE id = ANY (ARRAY(
      SELECT id FROM desk_searches WHERE at < clock_timestamp() - interval '365 days'
      ORDER BY at, id LIMIT most FOR UPDATE SKIP LOCKED))
    RETURNING 1)
  SELECT count(*)::integer FROM gone
$$;

GRANT gatehouse_purge TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_purge;
REVOKE ALL ON FUNCTION forget_desk_searches(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_desk_searches(integer) TO gatehouse_console;
ALTER FUNCTION forget_desk_searches(integer) OWNER TO gatehouse_purge;
REVOKE CREATE ON SCHEMA public FROM gatehouse_purge;
REVOKE gatehouse_purge FROM CURRENT_USER;
