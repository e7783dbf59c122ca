-- The audit log as a chain: every entry has a number and a hash that includes the hash of the entry before, so that one
-- that was altered, taken out, put in or moved is found by recomputing (npm run verify-audit).
--
--   * One chain per tenant, and one per person for personal entries. docs/decisions/059-audit-chain.md has the canonical
--     form that is hashed.
--   * Numbers and hashes are in tables of their own, written by triggers that run as a role nobody can sign in as. No
--     plane can write a link, so none can write a wrong one.
--   * The link is made when the transaction commits: the lock on the end of the chain is the last one that a transaction
--     takes and is held for the commit alone. Commands that lock other rows cannot deadlock over it, in whatever order
--     they write their entries.
--   * Nothing is ever changed, and an entry goes only with its tenant or person, the owner of the schema included.

DO $$
BEGIN
  CREATE ROLE gatehouse_audit NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- roles belong to the server; another database of the same server made it
END $$;

-- What a search or a filter asks for, newest first. Labels are searched by their beginning, so they are sorted bytewise.
CREATE INDEX audit_entries_actor_idx ON audit_entries (tenant_id, actor_label COLLATE "C", at DESC, id DESC);
CREATE INDEX audit_entries_action_idx ON audit_entries (tenant_id, action, at DESC, id DESC);
CREATE INDEX audit_entries_target_idx ON audit_entries (tenant_id, target_id, at DESC, id DESC);
CREATE INDEX audit_entries_request_idx ON audit_entries (tenant_id, request_id, at DESC, id DESC);
CREATE INDEX audit_entries_ip_idx ON audit_entries (tenant_id, ip, at DESC, id DESC);
CREATE INDEX audit_entries_by_support_idx ON audit_entries (tenant_id, at DESC, id DESC)
  WHERE support_session_id IS NOT NULL;

-- The end of each chain. Without it nobody could tell that the last entries were taken off.
CREATE TABLE audit_chains (
  tenant_id uuid PRIMARY KEY REFERENCES tenants ON DELETE CASCADE,
  seq       bigint NOT NULL CHECK (seq >= 0),
  hash      bytea NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE TABLE audit_links (
  tenant_id uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  seq       bigint NOT NULL CHECK (seq > 0),
  entry_id  uuid NOT NULL,
  hash      bytea NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (tenant_id, seq)
);
CREATE UNIQUE INDEX audit_links_entry_key ON audit_links (entry_id);

CREATE TABLE personal_audit_chains (
  user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  seq     bigint NOT NULL CHECK (seq >= 0),
  hash    bytea NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE TABLE personal_audit_links (
  user_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  seq      bigint NOT NULL CHECK (seq > 0),
  entry_id uuid NOT NULL,
  hash     bytea NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (user_id, seq)
);
CREATE UNIQUE INDEX personal_audit_links_entry_key ON personal_audit_links (entry_id);

-- The hash before, then every field as four bytes of length and its UTF-8; a NULL is a length of 2^32 - 1 and no bytes.
CREATE FUNCTION audit_hash(previous bytea, VARIADIC fields text[]) RETURNS bytea
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT sha256(previous || string_agg(
    CASE WHEN field IS NULL THEN '\xffffffff'::bytea
      ELSE int4send(octet_length(field)) || convert_to(field, 'UTF8') END, ''::bytea ORDER BY place))
  FROM unnest(fields) WITH ORDINALITY AS given(field, place)
$$;
CREATE FUNCTION audit_moment(at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;
CREATE FUNCTION audit_entry_hash(previous bytea, number bigint, e audit_entries) RETURNS bytea LANGUAGE sql STABLE
  AS $$ SELECT audit_hash(previous, 'gatehouse-audit-1', 'tenant', e.tenant_id::text, number::text, e.id::text,
    audit_moment(e.at), e.actor_type, e.actor_id::text, e.actor_label, e.action, e.target_type, e.target_id,
    e.before::text, e.after::text, e.reason, e.request_id, e.ip, e.support_session_id::text) $$;
CREATE FUNCTION personal_audit_entry_hash(previous bytea, number bigint, e personal_audit_entries) RETURNS bytea
  LANGUAGE sql STABLE
  AS $$ SELECT audit_hash(previous, 'gatehouse-audit-1', 'person', e.user_id::text, number::text, e.id::text,
    audit_moment(e.at), e.actor_type, e.actor_id::text, e.actor_label, e.action, e.target_type, e.target_id,
    e.before::text, e.after::text, e.reason, e.request_id, e.ip, NULL) $$;

-- Makes the link of one entry. The lock on the chain's end is taken with the first entry of a transaction; links that
-- this transaction has made already are beyond the end, which moves once, after the last of them.
CREATE FUNCTION chain_audit_entry() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ending record;
  latest record;
BEGIN
  SELECT seq, hash INTO ending FROM audit_chains WHERE tenant_id = NEW.tenant_id FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO audit_chains VALUES (NEW.tenant_id, 0, decode(repeat('00', 32), 'hex')) ON CONFLICT DO NOTHING;
    SELECT seq, hash INTO ending FROM audit_chains WHERE tenant_id = NEW.tenant_id FOR UPDATE;
  END IF;
  SELECT seq, hash INTO latest FROM audit_links
    WHERE tenant_id = NEW.tenant_id AND seq > ending.seq ORDER BY seq DESC LIMIT 1;
  IF FOUND THEN ending := latest; END IF;
  INSERT INTO audit_links VALUES
    (NEW.tenant_id, ending.seq + 1, NEW.id, audit_entry_hash(ending.hash, ending.seq + 1, NEW));
  RETURN NULL;
END $$;
CREATE FUNCTION move_audit_chain() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM audit_chains WHERE tenant_id = NEW.tenant_id AND seq < NEW.seq) THEN
    UPDATE audit_chains SET (seq, hash) = (
      SELECT seq, hash FROM audit_links WHERE tenant_id = NEW.tenant_id ORDER BY seq DESC LIMIT 1)
    WHERE tenant_id = NEW.tenant_id;
  END IF;
  RETURN NULL;
END $$;

-- The same for a person's chain.
CREATE FUNCTION chain_personal_audit_entry() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ending record;
  latest record;
BEGIN
  SELECT seq, hash INTO ending FROM personal_audit_chains WHERE user_id = NEW.user_id FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO personal_audit_chains VALUES (NEW.user_id, 0, decode(repeat('00', 32), 'hex'))
      ON CONFLICT DO NOTHING;
    SELECT seq, hash INTO ending FROM personal_audit_chains WHERE user_id = NEW.user_id FOR UPDATE;
  END IF;
  SELECT seq, hash INTO latest FROM personal_audit_links
    WHERE user_id = NEW.user_id AND seq > ending.seq ORDER BY seq DESC LIMIT 1;
  IF FOUND THEN ending := latest; END IF;
  INSERT INTO personal_audit_links VALUES
    (NEW.user_id, ending.seq + 1, NEW.id, personal_audit_entry_hash(ending.hash, ending.seq + 1, NEW));
  RETURN NULL;
END $$;
CREATE FUNCTION move_personal_audit_chain() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM personal_audit_chains WHERE user_id = NEW.user_id AND seq < NEW.seq) THEN
    UPDATE personal_audit_chains SET (seq, hash) = (
      SELECT seq, hash FROM personal_audit_links WHERE user_id = NEW.user_id ORDER BY seq DESC LIMIT 1)
    WHERE user_id = NEW.user_id;
  END IF;
  RETURN NULL;
END $$;

-- An entry goes with its tenant, once the seven days are over in which the tenant can be had back, or with its person.
CREATE FUNCTION refuse_audit_change() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF TG_TABLE_NAME LIKE 'personal%' THEN
      IF NOT EXISTS (SELECT FROM users WHERE id = OLD.user_id) THEN RETURN OLD; END IF;
    ELSIF NOT EXISTS (SELECT FROM tenants WHERE id = OLD.tenant_id
        AND (deleted_at IS NULL OR deleted_at > clock_timestamp() - interval '7 days')) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'insufficient_privilege';
END $$;
-- The end of a chain moves on, by the triggers above alone.
CREATE FUNCTION keep_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_user <> 'gatehouse_audit' OR NEW.seq <= OLD.seq THEN
    RAISE EXCEPTION 'the end of an audit chain moves with its entries alone' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

-- What was written before there were chains is chained in the order in which it happened.
DO $$
DECLARE
  e audit_entries;
  p personal_audit_entries;
  chain uuid;
  number bigint;
  latest bytea;
BEGIN
  ALTER TABLE audit_entries NO FORCE ROW LEVEL SECURITY;
  ALTER TABLE personal_audit_entries NO FORCE ROW LEVEL SECURITY;
  FOR e IN SELECT * FROM audit_entries ORDER BY tenant_id, at, id LOOP
    IF chain IS DISTINCT FROM e.tenant_id THEN
      chain := e.tenant_id; number := 0; latest := decode(repeat('00', 32), 'hex');
    END IF;
    number := number + 1;
    latest := audit_entry_hash(latest, number, e);
    INSERT INTO audit_links VALUES (chain, number, e.id, latest);
  END LOOP;
  chain := NULL;
  FOR p IN SELECT * FROM personal_audit_entries ORDER BY user_id, at, id LOOP
    IF chain IS DISTINCT FROM p.user_id THEN
      chain := p.user_id; number := 0; latest := decode(repeat('00', 32), 'hex');
    END IF;
    number := number + 1;
    latest := personal_audit_entry_hash(latest, number, p);
    INSERT INTO personal_audit_links VALUES (chain, number, p.id, latest);
  END LOOP;
  INSERT INTO audit_chains
    SELECT DISTINCT ON (tenant_id) tenant_id, seq, hash FROM audit_links ORDER BY tenant_id, seq DESC;
  INSERT INTO personal_audit_chains
    SELECT DISTINCT ON (user_id) user_id, seq, hash FROM personal_audit_links ORDER BY user_id, seq DESC;
  ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;
  ALTER TABLE personal_audit_entries FORCE ROW LEVEL SECURITY;
END $$;

CREATE CONSTRAINT TRIGGER audit_entries_chain AFTER INSERT ON audit_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chain_audit_entry();
CREATE CONSTRAINT TRIGGER audit_links_end AFTER INSERT ON audit_links
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION move_audit_chain();
CREATE CONSTRAINT TRIGGER personal_audit_entries_chain AFTER INSERT ON personal_audit_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chain_personal_audit_entry();
CREATE CONSTRAINT TRIGGER personal_audit_links_end AFTER INSERT ON personal_audit_links
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION move_personal_audit_chain();

DO $$
DECLARE
  name text;
  belongs text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_entries', 'audit_links', 'personal_audit_entries', 'personal_audit_links'] LOOP
    EXECUTE format('CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON %I
      FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()', name);
    EXECUTE format('CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['audit_chains', 'personal_audit_chains'] LOOP
    EXECUTE format('CREATE TRIGGER audit_keep BEFORE DELETE ON %I
      FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()', name);
    EXECUTE format('CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()', name);
    EXECUTE format('CREATE TRIGGER audit_move BEFORE UPDATE ON %I
      FOR EACH ROW EXECUTE FUNCTION keep_audit_chain()', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['audit_chains', 'audit_links', 'personal_audit_chains', 'personal_audit_links'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY audit_chain ON %I TO gatehouse_audit USING (true) WITH CHECK (true)', name);
    belongs := CASE WHEN name LIKE 'personal%' THEN 'user_id = (SELECT app_user())'
      ELSE 'tenant_id = (SELECT app_tenant())' END;
    EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO gatehouse_console USING (%s)',
      CASE WHEN name LIKE 'personal%' THEN 'console_own' ELSE 'console_tenant' END, name, belongs);
    EXECUTE format('GRANT SELECT ON %I TO gatehouse_console', name);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON audit_chains, personal_audit_chains TO gatehouse_audit;
GRANT SELECT, INSERT ON audit_links, personal_audit_links TO gatehouse_audit;
-- Who is still there, and what there is to verify.
CREATE POLICY audit_read ON tenants FOR SELECT TO gatehouse_audit USING (true);
CREATE POLICY audit_read ON audit_entries FOR SELECT TO gatehouse_audit USING (true);
CREATE POLICY audit_read ON personal_audit_entries FOR SELECT TO gatehouse_audit USING (true);
GRANT SELECT (id, slug, deleted_at) ON tenants TO gatehouse_audit;
GRANT SELECT (id, email) ON users TO gatehouse_audit;
GRANT SELECT ON audit_entries, personal_audit_entries TO gatehouse_audit;

-- ── What npm run verify-audit reads, as the owner of the schema ─────────────────────────────────────────────────

-- One page of all the chains there ought to be, with their ends; NULL where there is none.
CREATE FUNCTION audit_heads(wanted text, after uuid, most integer)
  RETURNS TABLE (chain uuid, name text, seq bigint, hash bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  (SELECT t.id, t.slug, c.seq, c.hash FROM tenants t LEFT JOIN audit_chains c ON c.tenant_id = t.id
    WHERE wanted = 'tenant' AND t.id > after ORDER BY t.id LIMIT most)
  UNION ALL
  (SELECT u.id, u.email, c.seq, c.hash FROM users u LEFT JOIN personal_audit_chains c ON c.user_id = u.id
    WHERE wanted = 'person' AND u.id > after ORDER BY u.id LIMIT most)
  ORDER BY 1
$$;
-- The links of a chain after a number, each with its entry; the entry's columns are NULL when it is not there.
CREATE FUNCTION audit_slice(wanted text, of_chain uuid, from_seq bigint, most integer)
  RETURNS TABLE (seq bigint, hash bytea, entry_id uuid, chain uuid, id uuid, at timestamptz, actor_type text,
    actor_id uuid, actor_label text, action text, target_type text, target_id text, before text, after text,
    reason text, request_id text, ip text, support_session_id uuid)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF wanted = 'tenant' THEN
    RETURN QUERY SELECT l.seq, l.hash, l.entry_id, e.tenant_id, e.id, e.at::timestamptz, e.actor_type, e.actor_id,
      e.actor_label, e.action, e.target_type, e.target_id, e.before::text, e.after::text, e.reason, e.request_id, e.ip,
      e.support_session_id
    FROM (SELECT * FROM audit_links WHERE tenant_id = of_chain AND seq > from_seq ORDER BY seq LIMIT most) l
    LEFT JOIN audit_entries e ON e.id = l.entry_id ORDER BY l.seq;
  ELSE
    RETURN QUERY SELECT l.seq, l.hash, l.entry_id, e.user_id, e.id, e.at::timestamptz, e.actor_type, e.actor_id,
      e.actor_label, e.action, e.target_type, e.target_id, e.before::text, e.after::text, e.reason, e.request_id, e.ip,
      NULL::uuid
    FROM (SELECT * FROM personal_audit_links WHERE user_id = of_chain AND seq > from_seq ORDER BY seq LIMIT most) l
    LEFT JOIN personal_audit_entries e ON e.id = l.entry_id ORDER BY l.seq;
  END IF;
END $$;
-- In one look: where the chain says that it ends, where it does, and an entry that was put in beside it.
CREATE FUNCTION audit_ending(wanted text, of_chain uuid)
  RETURNS TABLE (seq bigint, hash bytea, last_seq bigint, unlinked uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (SELECT c.seq FROM audit_chains c WHERE c.tenant_id = of_chain),
    (SELECT c.hash FROM audit_chains c WHERE c.tenant_id = of_chain),
    (SELECT max(l.seq) FROM audit_links l WHERE l.tenant_id = of_chain),
    (SELECT e.id FROM audit_entries e WHERE e.tenant_id = of_chain
      AND NOT EXISTS (SELECT FROM audit_links l WHERE l.entry_id = e.id AND l.tenant_id = of_chain) LIMIT 1)
  WHERE wanted = 'tenant'
  UNION ALL
  SELECT (SELECT c.seq FROM personal_audit_chains c WHERE c.user_id = of_chain),
    (SELECT c.hash FROM personal_audit_chains c WHERE c.user_id = of_chain),
    (SELECT max(l.seq) FROM personal_audit_links l WHERE l.user_id = of_chain),
    (SELECT e.id FROM personal_audit_entries e WHERE e.user_id = of_chain
      AND NOT EXISTS (SELECT FROM personal_audit_links l WHERE l.entry_id = e.id AND l.user_id = of_chain) LIMIT 1)
  WHERE wanted = 'person'
$$;

GRANT gatehouse_audit TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_audit;
DO $$
DECLARE
  name text;
  schema_owner text := current_user;
BEGIN
  FOREACH name IN ARRAY ARRAY['chain_audit_entry()', 'move_audit_chain()', 'chain_personal_audit_entry()',
    'move_personal_audit_chain()', 'refuse_audit_change()', 'audit_heads(text, uuid, integer)',
    'audit_slice(text, uuid, bigint, integer)', 'audit_ending(text, uuid)'] LOOP
    EXECUTE 'REVOKE ALL ON FUNCTION ' || name || ' FROM PUBLIC';
    EXECUTE format('ALTER FUNCTION %s OWNER TO gatehouse_audit', name);
  END LOOP;
  SET LOCAL ROLE gatehouse_audit;
  FOREACH name IN ARRAY ARRAY['audit_heads(text, uuid, integer)', 'audit_slice(text, uuid, bigint, integer)',
    'audit_ending(text, uuid)'] LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', name, schema_owner);
  END LOOP;
  RESET ROLE;
END $$;
REVOKE CREATE ON SCHEMA public FROM gatehouse_audit;
REVOKE gatehouse_audit FROM CURRENT_USER;
