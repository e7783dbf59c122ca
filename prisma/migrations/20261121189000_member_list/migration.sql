-- A page of ten thousand members without reading all of them.
--
-- What the list sorts, searches and filters by belongs to the person and stood in another table, so that every page
-- joined and sorted everybody. Each membership now carries a copy of it: written from the person's row whenever a
-- membership is made, and again whenever the person changes. Nobody sets it by hand.

ALTER TABLE memberships
  ADD COLUMN called        text NOT NULL DEFAULT '',
  ADD COLUMN second_factor boolean NOT NULL DEFAULT false,
  -- Short enough for a cursor, and the same in every locale.
  ADD COLUMN sort_name     text COLLATE "C" GENERATED ALWAYS AS (left(called, 60)) STORED,
  ADD COLUMN rank          integer GENERATED ALWAYS AS (CASE role WHEN 'owner' THEN 1 WHEN 'admin' THEN 2
    WHEN 'developer' THEN 3 WHEN 'support' THEN 4 ELSE 5 END) STORED;

-- The owner of the table is held to its policies too, and none lets it see a row.
ALTER TABLE memberships NO FORCE ROW LEVEL SECURITY;
UPDATE memberships m SET called = u.search, second_factor = u.has_second_factor FROM users u WHERE u.id = m.user_id;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;

CREATE FUNCTION copy_member() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  SELECT u.search, u.has_second_factor INTO NEW.called, NEW.second_factor FROM users u WHERE u.id = NEW.user_id;
  NEW.called := COALESCE(NEW.called, '');
  NEW.second_factor := COALESCE(NEW.second_factor, false);
  RETURN NEW;
END $$;
CREATE TRIGGER memberships_copied BEFORE INSERT ON memberships FOR EACH ROW EXECUTE FUNCTION copy_member();

-- Runs as a role of its own, because whoever changes their own name may not write into the tenants they belong to.
DO $$
BEGIN
  CREATE ROLE gatehouse_members NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- roles belong to the server; another database of the same server made it
END $$;
CREATE FUNCTION copy_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE memberships SET called = NEW.search, second_factor = NEW.has_second_factor WHERE user_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER users_copied AFTER UPDATE OF name, email, has_second_factor ON users FOR EACH ROW
  WHEN ((OLD.name, OLD.email, OLD.has_second_factor) IS DISTINCT FROM (NEW.name, NEW.email, NEW.has_second_factor))
  EXECUTE FUNCTION copy_person();
GRANT SELECT (user_id), UPDATE (called, second_factor) ON memberships TO gatehouse_members;
CREATE POLICY copied ON memberships TO gatehouse_members USING (true) WITH CHECK (true);

CREATE INDEX memberships_name_idx ON memberships (tenant_id, sort_name, user_id);
CREATE INDEX memberships_rank_idx ON memberships (tenant_id, rank, sort_name, user_id);
CREATE INDEX memberships_joined_idx ON memberships (tenant_id, created_at, user_id);

-- The two policies of the console (one's tenant, and one's own memberships) are an OR, under which no index gives an
-- order. This view puts the tenant into the question itself; see the search for keys.
CREATE VIEW member_search AS
  SELECT user_id AS id, role, rank, called, sort_name, second_factor, created_at
  FROM memberships WHERE tenant_id = app_tenant();
GRANT SELECT ON member_search TO gatehouse_console;
GRANT SELECT (tenant_id, user_id, role, rank, called, sort_name, second_factor, created_at) ON memberships
  TO gatehouse_search;
CREATE POLICY search_all ON memberships FOR SELECT TO gatehouse_search USING (true);

-- Only for as long as it takes to hand them over: a member would be let through by those policies.
GRANT gatehouse_search, gatehouse_members TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_search, gatehouse_members;
ALTER VIEW member_search OWNER TO gatehouse_search;
ALTER FUNCTION copy_person() OWNER TO gatehouse_members;
REVOKE CREATE ON SCHEMA public FROM gatehouse_search, gatehouse_members;
REVOKE gatehouse_search, gatehouse_members FROM CURRENT_USER;
