-- What keys are used for: how much over time, and for which routes. Written by gateways in batches.

-- bucket: the beginning of ten minutes. Kept for 35 days.
CREATE TABLE api_key_traffic (
  tenant_id  uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  api_key_id uuid NOT NULL REFERENCES api_keys ON DELETE CASCADE,
  bucket     timestamptz(3) NOT NULL,
  requests   bigint NOT NULL,
  refusals   bigint NOT NULL,   -- of the requests, those that the gateway itself answered with a 4xx
  PRIMARY KEY (tenant_id, api_key_id, bucket)
);
CREATE INDEX api_key_traffic_bucket_idx ON api_key_traffic (bucket);
CREATE INDEX api_key_traffic_key_idx ON api_key_traffic (api_key_id);

-- A route's id outlives the route, so there is nothing that it could refer to.
CREATE TABLE api_key_routes (
  tenant_id    uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
  api_key_id   uuid NOT NULL REFERENCES api_keys ON DELETE CASCADE,
  route_id     uuid NOT NULL,
  requests     bigint NOT NULL,
  last_used_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, api_key_id, route_id)
);
CREATE INDEX api_key_routes_key_idx ON api_key_routes (api_key_id);
CREATE INDEX api_key_routes_route_idx ON api_key_routes (tenant_id, route_id);

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['api_key_traffic', 'api_key_routes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY console_tenant ON %I FOR SELECT TO gatehouse_console
      USING (tenant_id = (SELECT app_tenant()))', name);
    EXECUTE format('CREATE POLICY gateway_report ON %I TO gatehouse_gateway USING (true) WITH CHECK (true)', name);
    EXECUTE format('GRANT SELECT ON %I TO gatehouse_console', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO gatehouse_gateway', name);
  END LOOP;
END $$;
