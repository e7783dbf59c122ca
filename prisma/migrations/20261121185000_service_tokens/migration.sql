-- Tokens that are a tenant's own, tokens that may do less than their person, and a second secret while one is replaced.
--
--   * user_id NULL: a service token. It belongs to its tenant, outlives whoever made it, and always says what it may do.
--   * permissions {*}: everything that its person may do. What is listed is asked beside the person's role, never
--     instead of it.
--   * previous_hash: the secret before the last rotation, good until previous_expires_at.

ALTER TABLE access_tokens
  ALTER COLUMN user_id DROP NOT NULL,
  ADD COLUMN permissions           text[] NOT NULL DEFAULT '{*}' CHECK (cardinality(permissions) BETWEEN 1 AND 40),
  ADD COLUMN created_by            uuid REFERENCES users ON DELETE SET NULL,
  ADD COLUMN created_by_label      text NOT NULL DEFAULT '',
  ADD COLUMN revoked_by_label      text,
  ADD COLUMN last_used_ip          text NOT NULL DEFAULT '',
  ADD COLUMN rotated_at            timestamptz(3),
  ADD COLUMN previous_hash         bytea CHECK (octet_length(previous_hash) = 32),
  ADD COLUMN previous_last_four    text,
  ADD COLUMN previous_expires_at   timestamptz(3),
  ADD COLUMN previous_last_used_at timestamptz(3),
  ADD CONSTRAINT access_tokens_whose_check
    CHECK (user_id IS NOT NULL OR (tenant_id IS NOT NULL AND NOT '*' = ANY (permissions))),
  ADD CONSTRAINT access_tokens_previous_check
    CHECK ((previous_hash IS NULL) = (previous_expires_at IS NULL) AND (previous_hash IS NULL) = (previous_last_four IS NULL));
CREATE UNIQUE INDEX access_tokens_previous_key ON access_tokens (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX access_tokens_created_by_idx ON access_tokens (created_by) WHERE created_by IS NOT NULL;
CREATE INDEX access_tokens_service_idx ON access_tokens (tenant_id, id DESC) WHERE user_id IS NULL;

CREATE POLICY console_service ON access_tokens TO gatehouse_console
  USING (user_id IS NULL AND tenant_id = (SELECT app_tenant()))
  WITH CHECK (user_id IS NULL AND tenant_id = (SELECT app_tenant()));

-- Before anybody is known, the one row whose secret was presented.
DROP POLICY console_presented ON access_tokens;
CREATE POLICY console_presented ON access_tokens FOR SELECT TO gatehouse_console
  USING (token_hash = (SELECT decode(current_setting('app.credential', true), 'hex'))
    OR previous_hash = (SELECT decode(current_setting('app.credential', true), 'hex')));

-- ── One round trip instead of a transaction of four ─────────────────────────────────────────────────────────
--
-- These run as whoever calls them, so that row-level security decides what they find: they set what a transaction would
-- set, ask, and put it back.

-- The token whose secret has this hash, with whom it is of. Good ones only.
CREATE FUNCTION presented_token(hash text)
  RETURNS TABLE (id uuid, name text, tenant_id uuid, permissions text[], provider text, last_used_at timestamptz,
    previous boolean, previous_last_used_at timestamptz, user_id uuid, email text, person text, is_operator boolean,
    has_second_factor boolean, disabled boolean)
  LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  held text := current_setting('app.credential', true);
  secret bytea := decode(hash, 'hex');
BEGIN
  PERFORM set_config('app.credential', hash, true);
  RETURN QUERY
    SELECT t.id, t.name, t.tenant_id, t.permissions, t.provider, t.last_used_at::timestamptz, t.token_hash <> secret,
      t.previous_last_used_at::timestamptz, u.id, u.email, u.name, u.is_operator, u.has_second_factor,
      u.disabled_at IS NOT NULL
    FROM access_tokens t LEFT JOIN users u ON u.id = t.user_id
    WHERE t.revoked_at IS NULL AND t.expires_at > now()
      AND (t.token_hash = secret OR t.previous_hash = secret AND t.previous_expires_at > now());
  PERFORM set_config('app.credential', coalesce(held, ''), true);
END $$;

-- How a person stands in the tenant with this slug.
CREATE FUNCTION membership_in(member uuid, wanted_slug text)
  RETURNS TABLE (role text, id uuid, slug text, name text, require_two_factor boolean, only_sso boolean,
    sso_providers text[])
  LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
  held text := current_setting('app.user', true);
BEGIN
  PERFORM set_config('app.user', member::text, true);
  RETURN QUERY
    SELECT m.role, t.id, t.slug, t.name, t.require_two_factor, t.only_sso, t.sso_providers
    FROM tenants t JOIN memberships m ON m.tenant_id = t.id AND m.user_id = member
    WHERE t.slug = wanted_slug AND t.deleted_at IS NULL;
  PERFORM set_config('app.user', coalesce(held, ''), true);
END $$;

REVOKE ALL ON FUNCTION presented_token(text), membership_in(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION presented_token(text), membership_in(uuid, text) TO gatehouse_console;
