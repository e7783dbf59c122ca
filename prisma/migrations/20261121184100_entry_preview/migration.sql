-- Before a tenant asks more of everybody who enters it: who has not got it. What people sign in with is their own and
-- no tenant's to see, so a role that nobody can sign in as answers for the members of the tenant that is set: whether
-- each has it, and not what it is.

CREATE POLICY doorkeeper ON memberships FOR SELECT TO gatehouse_doorkeeper USING (tenant_id = (SELECT app_tenant()));
CREATE POLICY doorkeeper ON user_identities FOR SELECT TO gatehouse_doorkeeper USING (true);
CREATE POLICY doorkeeper ON access_tokens FOR SELECT TO gatehouse_doorkeeper
  USING (user_id IS NOT NULL AND tenant_id = (SELECT app_tenant()));
GRANT SELECT (tenant_id, user_id) ON memberships TO gatehouse_doorkeeper;
GRANT SELECT (id, name, email, has_second_factor) ON users TO gatehouse_doorkeeper;
GRANT SELECT (user_id, provider) ON user_identities TO gatehouse_doorkeeper;
GRANT SELECT (user_id, tenant_id, provider, revoked_at, expires_at) ON access_tokens TO gatehouse_doorkeeper;

-- wanted_providers NULL: none is asked for.
CREATE FUNCTION entry_gap_counts(want_factor boolean, wanted_providers text[])
  RETURNS TABLE (members bigint, without_factor bigint, without_provider bigint, tokens bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
  SELECT count(*), count(*) FILTER (WHERE want_factor AND NOT u.has_second_factor),
    count(*) FILTER (WHERE wanted_providers IS NOT NULL AND NOT EXISTS (
      SELECT FROM user_identities i WHERE i.user_id = u.id AND i.provider = ANY (wanted_providers))),
    (SELECT count(*) FROM access_tokens t JOIN users o ON o.id = t.user_id
     WHERE t.tenant_id = app_tenant() AND t.revoked_at IS NULL AND t.expires_at > now()
       AND (want_factor AND NOT o.has_second_factor
         OR wanted_providers IS NOT NULL AND NOT coalesce(t.provider = ANY (wanted_providers), false)))
  FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = app_tenant()
$$;

CREATE FUNCTION entry_gaps(want_factor boolean, wanted_providers text[], most integer)
  RETURNS TABLE (user_id uuid, name text, email text, no_factor boolean, no_provider boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
  SELECT * FROM (
    SELECT u.id, u.name, u.email, want_factor AND NOT u.has_second_factor AS no_factor,
      wanted_providers IS NOT NULL AND NOT EXISTS (
        SELECT FROM user_identities i WHERE i.user_id = u.id AND i.provider = ANY (wanted_providers)) AS no_provider
    FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.tenant_id = app_tenant()) g
  WHERE g.no_factor OR g.no_provider ORDER BY g.name, g.email LIMIT most
$$;

GRANT gatehouse_doorkeeper TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_doorkeeper;
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['entry_gap_counts(boolean, text[])', 'entry_gaps(boolean, text[], integer)'] LOOP
    EXECUTE 'REVOKE ALL ON FUNCTION ' || name || ' FROM PUBLIC';
    EXECUTE 'GRANT EXECUTE ON FUNCTION ' || name || ' TO gatehouse_console';
    EXECUTE 'ALTER FUNCTION ' || name || ' OWNER TO gatehouse_doorkeeper';
  END LOOP;
END $$;
REVOKE CREATE ON SCHEMA public FROM gatehouse_doorkeeper;
REVOKE gatehouse_doorkeeper FROM CURRENT_USER;
