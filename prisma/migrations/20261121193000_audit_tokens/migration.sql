-- Entries say which access token was used, not only what it is called: two tokens may have one name, and a name goes to
-- another. A token is one more field at the end of what is hashed, where there is one; entries without it keep their
-- hashes. docs/decisions/059-audit-chain.md has the canonical form.

ALTER TABLE audit_entries ADD COLUMN actor_token_id uuid;
ALTER TABLE personal_audit_entries ADD COLUMN actor_token_id uuid;
CREATE INDEX audit_entries_token_idx ON audit_entries (tenant_id, actor_token_id, at DESC, id DESC)
  WHERE actor_token_id IS NOT NULL;

CREATE OR REPLACE FUNCTION audit_entry_hash(previous bytea, number bigint, e audit_entries) RETURNS bytea
  LANGUAGE sql STABLE
  AS $$ SELECT audit_hash(previous, VARIADIC ARRAY['gatehouse-audit-1', 'tenant', e.tenant_id::text, number::text,
    e.id::text, audit_moment(e.at), e.actor_type, e.actor_id::text, e.actor_label, e.action, e.target_type, e.target_id,
    e.before::text, e.after::text, e.reason, e.request_id, e.ip, e.support_session_id::text]
    || array_remove(ARRAY[e.actor_token_id::text], NULL)) $$;
CREATE OR REPLACE FUNCTION personal_audit_entry_hash(previous bytea, number bigint, e personal_audit_entries)
  RETURNS bytea LANGUAGE sql STABLE
  AS $$ SELECT audit_hash(previous, VARIADIC ARRAY['gatehouse-audit-1', 'person', e.user_id::text, number::text,
    e.id::text, audit_moment(e.at), e.actor_type, e.actor_id::text, e.actor_label, e.action, e.target_type, e.target_id,
    e.before::text, e.after::text, e.reason, e.request_id, e.ip, NULL]
    || array_remove(ARRAY[e.actor_token_id::text], NULL)) $$;

GRANT gatehouse_audit TO CURRENT_USER;
GRANT USAGE, CREATE ON SCHEMA public TO gatehouse_audit;
DROP FUNCTION audit_slice(text, uuid, bigint, integer);
-- As it was, and the token.
CREATE FUNCTION audit_slice(wanted text, of_chain uuid, from_seq bigint, most integer)
  RETURNS TABLE (seq bigint, hash bytea, entry_id uuid, chain uuid, id uuid, at timestamptz, actor_type text,
    actor_id uuid, actor_label text, action text, target_type text, target_id text, before text, after text,
    reason text, request_id text, ip text, support_session_id uuid, actor_token_id uuid)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF wanted = 'tenant' THEN
    RETURN QUERY SELECT l.seq, l.hash, l.entry_id, e.tenant_id, e.id, e.at::timestamptz, e.actor_type, e.actor_id,
      e.actor_label, e.action, e.target_type, e.target_id, e.before::text, e.after::text, e.reason, e.request_id, e.ip,
      e.support_session_id, e.actor_token_id
    FROM (SELECT * FROM audit_links WHERE tenant_id = of_chain AND seq > from_seq ORDER BY seq LIMIT most) l
    LEFT JOIN audit_entries e ON e.id = l.entry_id ORDER BY l.seq;
  ELSE
    RETURN QUERY SELECT l.seq, l.hash, l.entry_id, e.user_id, e.id, e.at::timestamptz, e.actor_type, e.actor_id,
      e.actor_label, e.action, e.target_type, e.target_id, e.before::text, e.after::text, e.reason, e.request_id, e.ip,
      NULL::uuid, e.actor_token_id
    FROM (SELECT * FROM personal_audit_links WHERE user_id = of_chain AND seq > from_seq ORDER BY seq LIMIT most) l
    LEFT JOIN personal_audit_entries e ON e.id = l.entry_id ORDER BY l.seq;
  END IF;
END $$;
DO $$
DECLARE
  schema_owner text := current_user;
BEGIN
  REVOKE ALL ON FUNCTION audit_slice(text, uuid, bigint, integer) FROM PUBLIC;
  ALTER FUNCTION audit_slice(text, uuid, bigint, integer) OWNER TO gatehouse_audit;
  SET LOCAL ROLE gatehouse_audit;
  EXECUTE format('GRANT EXECUTE ON FUNCTION audit_slice(text, uuid, bigint, integer) TO %I', schema_owner);
  RESET ROLE;
END $$;
REVOKE CREATE ON SCHEMA public FROM gatehouse_audit;
REVOKE gatehouse_audit FROM CURRENT_USER;
