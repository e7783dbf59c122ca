-- A group may touch very many functions and routes: a list names those with most dead, and since which revision the
-- group is known, without reading all of them.
CREATE INDEX dead_letter_origins_most_idx ON dead_letter_origins (tenant_id, fingerprint, dead DESC);

ALTER TABLE dead_letter_groups ADD COLUMN first_revision integer;
ALTER TABLE dead_letter_groups NO FORCE ROW LEVEL SECURITY;
ALTER TABLE dead_letter_origins NO FORCE ROW LEVEL SECURITY;
UPDATE dead_letter_groups known SET first_revision = origin.first_revision FROM (
  SELECT tenant_id, fingerprint, min(first_revision) AS first_revision FROM dead_letter_origins GROUP BY 1, 2) origin
WHERE known.tenant_id = origin.tenant_id AND known.fingerprint = origin.fingerprint;
ALTER TABLE dead_letter_groups FORCE ROW LEVEL SECURITY;
ALTER TABLE dead_letter_origins FORCE ROW LEVEL SECURITY;
