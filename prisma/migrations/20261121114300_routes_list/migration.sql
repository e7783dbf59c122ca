-- What the list of routes is filtered and sorted by, as columns that the database keeps itself: reading it out of ten
-- thousand documents for every page takes longer than a person should wait.

CREATE FUNCTION json_lines(value json) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT coalesce(E'\n' || string_agg(line, E'\n' ORDER BY position) || E'\n', '')
        FROM json_array_elements_text(CASE WHEN json_typeof(value) = 'array' THEN value END)
          WITH ORDINALITY AS lines (line, position) $$;

ALTER TABLE draft_routes
  -- "users" of "/users/:id"
  ADD COLUMN prefix text GENERATED ALWAYS AS (split_part(path, '/', 2)) STORED,
  ADD COLUMN auth_mode text GENERATED ALWAYS AS (document->'auth'->>'mode') STORED,
  ADD COLUMN target_type text GENERATED ALWAYS AS (document->'target'->>'type') STORED,
  -- Each tag on a line of its own, with a line break before the first and after the last; a tag has none in it.
  ADD COLUMN tag_lines text GENERATED ALWAYS AS (json_lines(document->'tags')) STORED,
  ADD COLUMN search text GENERATED ALWAYS AS (lower(
    method || ' ' || path || E'\n' || coalesce(document->>'name', '') || E'\n' || id::text
    || E'\n' || coalesce(document->'target'->>'function', document->'target'->>'url',
      document->'target'->>'functionName', '')
    || json_lines(document->'target'->'functions') || json_lines(document->'tags'))) STORED;

-- The list is grouped by the first segment, which the path's own order would tear apart ("/a", "/a-b", "/a/c").
CREATE INDEX draft_routes_grouped_idx ON draft_routes (tenant_id, prefix, path, method, id);
CREATE INDEX draft_routes_updated_idx ON draft_routes (tenant_id, updated_at DESC, id DESC);
