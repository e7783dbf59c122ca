import type pg from "pg";

/** One row of each table with a tenant, for two tenants that have nothing in common. */
export type TenantRows = { tenant: string; user: string };

const id = (tenant: number, what: number) =>
  `00000000-0000-7000-8000-0000000${tenant}${String(what).padStart(4, "0")}`;

/** Puts one row into every table for each of two tenants, as the superuser. Gives the ids of both. */
export async function insertTwoTenants(superuser: pg.Client): Promise<[TenantRows, TenantRows]> {
  return [await insertTenant(superuser, 1), await insertTenant(superuser, 2)];
}

async function insertTenant(client: pg.Client, number: number): Promise<TenantRows> {
  const tenant = id(number, 1);
  const user = id(number, 2);
  const job = id(number, 3);
  const key = id(number, 4);
  const instance = id(number, 5);
  const hash = Buffer.alloc(32, number);
  const rows: [sql: string, values: unknown[]][] = [
    [
      "INSERT INTO users (id, email, name) VALUES ($1, $2, 'Somebody')",
      [user, `somebody@tenant-${number}.example`],
    ],
    ["INSERT INTO tenants (id, slug, name) VALUES ($1, $2, 'A tenant')", [tenant, `tenant-${number}`]],
    ["INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'owner')", [tenant, user]],
    [
      `INSERT INTO access_tokens (id, user_id, tenant_id, name, token_hash, last_four, expires_at)
       VALUES ($1, $2, $3, 'CI', $4, 'abcd', now() + interval '1 day')`,
      [id(number, 6), user, tenant, hash],
    ],
    [
      `INSERT INTO access_tokens (id, tenant_id, name, token_hash, last_four, expires_at, permissions)
       VALUES ($1, $2, 'Pipeline', sha256($3), 'efgh', now() + interval '1 day', '{tenant.read}')`,
      [id(number, 61), tenant, hash],
    ],
    ["INSERT INTO drafts (tenant_id) VALUES ($1)", [tenant]],
    [
      `INSERT INTO draft_routes (id, tenant_id, method, path, enabled, document)
       VALUES ($1, $2, 'GET', '/v1/users', true, '{}')`,
      [id(number, 7), tenant],
    ],
    [
      "INSERT INTO draft_undos (tenant_id, id, draft_version, routes) VALUES ($1, $2, 1, '[]')",
      [tenant, id(number, 60)],
    ],
    [
      `INSERT INTO revisions (tenant_id, number, content, hash, route_count, published_by_label)
       VALUES ($1, 1, '{}', repeat('0', 64), 0, 'Somebody')`,
      [tenant],
    ],
    [
      `INSERT INTO gateway_instances (id, kind, name, version, started_at, last_seen_at)
       VALUES ($1, 'gateway', 'gw', '1', now(), now())`,
      [instance],
    ],
    [
      "INSERT INTO acknowledgements (tenant_id, instance_id, revision, since) VALUES ($1, $2, 1, now())",
      [tenant, instance],
    ],
    [
      `INSERT INTO api_keys (id, tenant_id, name, key_hash, prefix, last_four, created_by_label)
       VALUES ($1, $2, 'Partner', $3, 'gh_abcd', 'wxyz', 'Somebody')`,
      [key, tenant, hash],
    ],
    [
      `INSERT INTO invitations (id, tenant_id, email, role, secret_hash, invited_by_label, expires_at)
       VALUES ($1, $2, $3, 'viewer', $4, 'Somebody', now() + interval '1 day')`,
      [id(number, 70), tenant, `invited@tenant-${number}.example`, hash],
    ],
    [
      `INSERT INTO claim_links (id, tenant_id, secret_hash, key_name, created_by_label, expires_at)
       VALUES ($1, $2, $3, 'Partner', 'Somebody', now() + interval '1 day')`,
      [id(number, 22), tenant, hash],
    ],
    [
      "INSERT INTO api_key_traffic (tenant_id, api_key_id, bucket, requests, refusals) VALUES ($2, $1, now(), 2, 1)",
      [key, tenant],
    ],
    [
      `INSERT INTO api_key_routes (tenant_id, api_key_id, route_id, requests, last_used_at)
       VALUES ($2, $1, $1, 1, now())`,
      [key, tenant],
    ],
    ["INSERT INTO api_key_usage (api_key_id, tenant_id, last_used_at) VALUES ($1, $2, now())", [key, tenant]],
    // Its use has taken it out by itself.
    ["INSERT INTO api_keys_unused (api_key_id, tenant_id) VALUES ($1, $2)", [key, tenant]],
    [
      "INSERT INTO key_notices (api_key_id, days_before, tenant_id, sent_at) VALUES ($1, 7, $2, now())",
      [key, tenant],
    ],
    [
      "INSERT INTO jobs (id, tenant_id, function, state, input) VALUES ($1, $2, 'flaky', 'dead', '{}')",
      [job, tenant],
    ],
    [
      `INSERT INTO dead_letter_changes (tenant_id, fingerprint, change, function, at)
       VALUES ($1, 'f', 1, 'flaky', now())`,
      [tenant],
    ],
    [
      `INSERT INTO dead_letter_groups
         (tenant_id, fingerprint, error_name, error_message, dead, deaths, first_seen, last_seen)
       VALUES ($1, 'f', 'Error', 'no', 1, 1, now(), now())`,
      [tenant],
    ],
    [
      `INSERT INTO dead_letter_origins (tenant_id, fingerprint, function, route_id, dead, deaths, first_seen, last_seen)
       VALUES ($1, 'f', 'flaky', $2, 1, 1, now(), now())`,
      [tenant, id(number, 40)],
    ],
    [
      "INSERT INTO dead_letter_hours (tenant_id, fingerprint, hour, deaths) VALUES ($1, 'f', now(), 1)",
      [tenant],
    ],
    [
      `INSERT INTO dead_letter_runs (id, tenant_id, action, selection, preview, actor_label, total, expires_at)
       VALUES ($1, $2, 'requeue', '{}', '{}', 'Somebody', 1, now())`,
      [id(number, 41), tenant],
    ],
    [
      `INSERT INTO dead_letter_run_items
         (run_id, position, tenant_id, job_id, function, dispatch, attempts, doubtful)
       VALUES ($1, 1, $2, $3, 'flaky', 1, 1, false)`,
      [id(number, 41), tenant, job],
    ],
    [
      `INSERT INTO webhook_endpoints
         (id, tenant_id, kind, url, events, secret, secret_key_id, created_by_label)
       VALUES ($1, $2, 'signed', 'https://hooks.example/', '{job.dead}', '\\x00', 'k', 'Somebody')`,
      [id(number, 50), tenant],
    ],
    [
      `INSERT INTO webhook_deliveries (id, tenant_id, endpoint_id, job_id, event_id, event_type, body, max_attempts)
       VALUES ($1, $2, $3, $4, 'evt_1', 'job.dead', '{}', 10)`,
      [id(number, 51), tenant, id(number, 50), job],
    ],
    [
      `INSERT INTO webhook_attempts (delivery_id, number, tenant_id, started_at, duration_ms)
       VALUES ($1, 1, $2, now(), 1)`,
      [id(number, 51), tenant],
    ],
    [
      `INSERT INTO alert_rules (id, tenant_id, name, kind, max_age_hours, created_by_label)
       VALUES ($1, $2, 'Rule', 'age', 1, 'Somebody')`,
      [id(number, 52), tenant],
    ],
    [
      `INSERT INTO alert_known_errors (rule_id, fingerprint, tenant_id, last_seen) VALUES ($1, 'f', $2, now())`,
      [id(number, 52), tenant],
    ],
    [
      `INSERT INTO alerts (id, tenant_id, rule_id, kind, name, summary, opened_at)
       VALUES ($1, $2, $3, 'age', 'Rule', 'old', now())`,
      [id(number, 53), tenant, id(number, 52)],
    ],
    [
      `INSERT INTO issuers (id, tenant_id, name, iss, audiences, kind, jwks_url, algorithms, created_by_label)
       VALUES ($1, $2, 'Issuer', 'https://issuer.example', '{api}', 'jwks', 'https://issuer.example/keys', '{RS256}',
         'Somebody')`,
      [id(number, 30), tenant],
    ],
    [
      `INSERT INTO job_attempts (job_id, number, tenant_id, worker_id, started_at, outcome)
       VALUES ($1, 1, $2, $3, now(), 'failed')`,
      [job, tenant, instance],
    ],
    [
      `INSERT INTO job_settings (tenant_id, retention_days_succeeded, retention_days_dead, retention_days_closed)
       VALUES ($1, 30, 90, 30)`,
      [tenant],
    ],
    [
      "INSERT INTO job_repairs (tenant_id, kind, hour, count, last_at) VALUES ($1, 'dispatch_missing', now(), 1, now())",
      [tenant],
    ],
    [
      "INSERT INTO job_terms (job_id, tenant_id, created_at, terms) VALUES ($1, $2, now(), '{1}')",
      [job, tenant],
    ],
    ["INSERT INTO job_mask_rules (tenant_id, path, pattern) VALUES ($1, 'a.b', '^a[.]b$')", [tenant]],
    [
      "INSERT INTO job_views (id, tenant_id, owner_id, owner_label, shared, name, filters) VALUES ($1, $2, $3, 'S', true, 'Ours', '{}')",
      [id(number, 43), tenant, user],
    ],
    ["INSERT INTO job_steps (job_id, step, tenant_id, result) VALUES ($1, 0, $2, '1')", [job, tenant]],
    [
      `INSERT INTO job_actions (id, job_id, tenant_id, action, actor_label, reason)
       VALUES ($1, $2, $3, 'retry', 'Somebody', 'again')`,
      [id(number, 8), job, tenant],
    ],
    [
      `INSERT INTO job_idempotency (tenant_id, scope, key, job_id, expires_at)
       VALUES ($1, 'scope', 'key', $2, now() + interval '1 day')`,
      [tenant, job],
    ],
    [
      `INSERT INTO refusals (id, tenant_id, request_id, at, instance_id, revision, status, code, message, method, path,
         query_names, source_ip, steps)
       VALUES ($1, $2, 'q', now(), $3, 1, 404, 'route_not_found', 'no', 'GET', '/', '[]', '127.0.0.1', '[]')`,
      [id(number, 20), tenant, instance],
    ],
    [
      `INSERT INTO unrecorded_refusals (id, tenant_id, instance_id, from_at, until_at, amount)
       VALUES ($1, $2, $3, now(), now(), 1)`,
      [id(number, 21), tenant, instance],
    ],
    [
      `INSERT INTO support_sessions (id, tenant_id, operator_id, operator_email, operator_name, mode, reason, expires_at)
       VALUES ($1, $2, $3, 'operator@gatehouse.example', 'Operator', 'read', 'a ticket', now() + interval '30 minutes')`,
      [id(number, 70), tenant, user],
    ],
    [
      `INSERT INTO audit_entries (id, tenant_id, actor_type, actor_label, action, target_type, target_id, request_id)
       VALUES ($1, $2, 'user', 'Somebody', 'route.create', 'route', 'r', 'q')`,
      [id(number, 9), tenant],
    ],
  ];
  for (const [sql, values] of rows) await client.query(sql, values);
  return { tenant, user };
}
