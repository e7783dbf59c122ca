-- What the gateways refused in the last 24 hours, so that a request ID can be looked up, and how much of it was not
-- written down. Gateways append in batches and delete what is older; the console reads its tenant's rows.
--
-- A row holds no secret: no header, no body, no value of a query parameter, and no path segment that looks like one.

CREATE TABLE refusals (
  id              uuid PRIMARY KEY,
  tenant_id       uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  request_id      text NOT NULL CHECK (length(request_id) BETWEEN 1 AND 128),
  at              timestamptz(3) NOT NULL,
  instance_id     uuid NOT NULL,
  revision        integer NOT NULL,        -- the one that decided; 0 before anything was published
  status          integer NOT NULL CHECK (status BETWEEN 400 AND 499),
  code            text NOT NULL,
  message         text NOT NULL,
  method          text NOT NULL,
  path            text NOT NULL,
  query_names     json NOT NULL,           -- [name]
  route_id        uuid,
  api_key_id      uuid,
  source_ip       text NOT NULL,
  steps           json NOT NULL            -- [{ step, outcome, detail }], up to the one that refused
);
CREATE INDEX refusals_request_idx ON refusals (tenant_id, request_id, at DESC);
CREATE INDEX refusals_at_idx ON refusals (at);

-- Refusals of one tenant that one gateway did not write down, because there were too many or nowhere to write to.
CREATE TABLE unrecorded_refusals (
  id          uuid PRIMARY KEY,
  tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  instance_id uuid NOT NULL,
  from_at     timestamptz(3) NOT NULL,
  until_at    timestamptz(3) NOT NULL,
  amount      bigint NOT NULL CHECK (amount > 0)
);
CREATE INDEX unrecorded_refusals_list_idx ON unrecorded_refusals (tenant_id, until_at DESC);
CREATE INDEX unrecorded_refusals_until_idx ON unrecorded_refusals (until_at);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['refusals', 'unrecorded_refusals'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY console_tenant ON %I FOR SELECT TO gatehouse_console
      USING (tenant_id = (SELECT app_tenant()))', name);
    EXECUTE format('CREATE POLICY gateway_record ON %I FOR INSERT TO gatehouse_gateway WITH CHECK (true)', name);
  END LOOP;
END $$;

-- A gateway sees of what was written only what is old enough to go.
CREATE POLICY gateway_expired ON refusals FOR SELECT TO gatehouse_gateway USING (at < now() - interval '24 hours');
CREATE POLICY gateway_expire ON refusals FOR DELETE TO gatehouse_gateway USING (at < now() - interval '24 hours');
CREATE POLICY gateway_expired ON unrecorded_refusals FOR SELECT TO gatehouse_gateway
  USING (until_at < now() - interval '24 hours');
CREATE POLICY gateway_expire ON unrecorded_refusals FOR DELETE TO gatehouse_gateway
  USING (until_at < now() - interval '24 hours');

GRANT SELECT ON refusals, unrecorded_refusals TO gatehouse_console;
GRANT INSERT, DELETE ON refusals, unrecorded_refusals TO gatehouse_gateway;
GRANT SELECT (at) ON refusals TO gatehouse_gateway;
GRANT SELECT (until_at) ON unrecorded_refusals TO gatehouse_gateway;
