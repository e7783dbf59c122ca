-- Publishing that can be watched and draft changes that can be taken back.

-- When the database took down that the gateway serves (or refused) what the row says. Measured with the same clock as
-- revisions.published_at, so that the difference is a duration whatever the gateway's own clock says; it stays as it
-- is while the gateway repeats what it said before.
ALTER TABLE acknowledgements ADD COLUMN acknowledged_at timestamptz(3) NOT NULL DEFAULT clock_timestamp();

-- A route keeps its id wherever its revision is taken, so that an exported revision has the same hash in any tenant.
ALTER TABLE draft_routes DROP CONSTRAINT draft_routes_pkey;
ALTER TABLE draft_routes ADD PRIMARY KEY (tenant_id, id);

-- What routes of the draft were before many of them were changed at once: [{id, route}], route null for none.
CREATE TABLE draft_undos (
  tenant_id        uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  id               uuid NOT NULL,
  -- The draft's version after the change: undoing is possible while nobody has edited it since.
  draft_version    bigint NOT NULL,
  routes           json NOT NULL,
  created_at       timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);
ALTER TABLE draft_undos ENABLE ROW LEVEL SECURITY;
ALTER TABLE draft_undos FORCE ROW LEVEL SECURITY;
CREATE POLICY console_tenant ON draft_undos TO gatehouse_console
  USING (tenant_id = (SELECT app_tenant())) WITH CHECK (tenant_id = (SELECT app_tenant()));
GRANT SELECT, INSERT, DELETE ON draft_undos TO gatehouse_console;
