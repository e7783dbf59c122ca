-- What a tenant's callers were refused in the last hour, for its overview; the code comes from the index alone.
CREATE INDEX refusals_tenant_time_idx ON refusals (tenant_id, at DESC, code);
