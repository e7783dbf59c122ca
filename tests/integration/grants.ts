/** What a plane's role may do with a table: S(elect), I(nsert), U(pdate), D(elete), each for whole rows. */
export type Grants = { console: string; gateway: string; worker: string };

/**
 * Every table, and exactly what each role may do with it. A letter in lower case means that only the columns in
 * `COLUMNS` may be read. A table that is not here, or may be used otherwise than said here, fails the test.
 */
export const TABLES: Record<string, Grants> = {
  _prisma_migrations: { console: "", gateway: "", worker: "" },
  access_tokens: { console: "SIU", gateway: "", worker: "" },
  acknowledgements: { console: "S", gateway: "SIUD", worker: "" },
  alert_known_errors: { console: "S", gateway: "", worker: "SIUD" },
  alert_rules: { console: "SIUD", gateway: "", worker: "SU" },
  alerts: { console: "SU", gateway: "", worker: "SIUD" },
  api_key_usage: { console: "S", gateway: "SIU", worker: "" },
  api_key_routes: { console: "S", gateway: "SIUD", worker: "" },
  api_key_search: { console: "S", gateway: "", worker: "" },
  api_key_traffic: { console: "S", gateway: "SIUD", worker: "" },
  api_keys: { console: "SIU", gateway: "s", worker: "" },
  api_keys_unused: { console: "SI", gateway: "SD", worker: "" },
  audit_entries: { console: "SI", gateway: "", worker: "" },
  claim_links: { console: "SIU", gateway: "", worker: "" },
  dead_letter_changes: { console: "SI", gateway: "", worker: "SIUD" },
  dead_letter_groups: { console: "S", gateway: "", worker: "SIUD" },
  dead_letter_hours: { console: "S", gateway: "", worker: "SIUD" },
  dead_letter_origins: { console: "S", gateway: "", worker: "SIUD" },
  dead_letter_run_items: { console: "SI", gateway: "", worker: "SU" },
  dead_letter_runs: { console: "SIU", gateway: "", worker: "SUD" },
  draft_routes: { console: "SIUD", gateway: "", worker: "" },
  draft_undos: { console: "SID", gateway: "", worker: "" },
  drafts: { console: "SIU", gateway: "", worker: "" },
  functions: { console: "S", gateway: "SIUD", worker: "SIUD" },
  gateway_instances: { console: "S", gateway: "SIU", worker: "SIU" },
  issuers: { console: "SIU", gateway: "s", worker: "" },
  job_actions: { console: "SI", gateway: "", worker: "SI" },
  job_attempts: { console: "SU", gateway: "", worker: "SIU" },
  job_idempotency: { console: "S", gateway: "SIUD", worker: "SIUD" },
  job_repairs: { console: "S", gateway: "", worker: "SIUD" },
  job_settings: { console: "SIU", gateway: "", worker: "S" },
  job_mask_rules: { console: "SIUD", gateway: "", worker: "" },
  job_steps: { console: "S", gateway: "", worker: "SI" },
  job_terms: { console: "SIU", gateway: "I", worker: "I" },
  job_views: { console: "SIUD", gateway: "", worker: "" },
  jobs: { console: "SU", gateway: "sI", worker: "SIUD" },
  key_notices: { console: "SI", gateway: "", worker: "" },
  memberships: { console: "SIUD", gateway: "", worker: "" },
  refusals: { console: "S", gateway: "sID", worker: "" },
  revisions: { console: "SI", gateway: "s", worker: "" },
  sessions: { console: "SIU", gateway: "", worker: "" },
  sign_in_throttles: { console: "SIUD", gateway: "", worker: "" },
  support_sessions: { console: "SIU", gateway: "", worker: "" },
  tenants: { console: "SIU", gateway: "s", worker: "s" },
  unrecorded_refusals: { console: "S", gateway: "sID", worker: "" },
  users: { console: "SIU", gateway: "", worker: "" },
  webhook_attempts: { console: "S", gateway: "", worker: "SIU" },
  webhook_deliveries: { console: "SIU", gateway: "", worker: "SIUD" },
  webhook_endpoints: { console: "SIU", gateway: "", worker: "SU" },
};

/** Questions put to tables on somebody's behalf; nothing is written through them. */
export const VIEWS = ["api_key_search"];

/** Tables without a tenant: who they belong to is not a tenant's matter. Every other one is kept apart by tenant. */
export const WITHOUT_TENANT = [
  "_prisma_migrations",
  "functions",
  "gateway_instances",
  "sessions",
  "sign_in_throttles",
  "users",
];

/** The columns that a role may read of a table of which it may not read all. */
export const COLUMNS: Record<string, string[]> = {
  "gateway api_keys": [
    "authorized_requests",
    "changed_xid",
    "expires_at",
    "grace_ends_at",
    "id",
    "key_hash",
    "revoked_at",
    "succeeds",
    "tenant_id",
  ],
  "gateway issuers": [
    "algorithms",
    "audiences",
    "changed_xid",
    "clock_skew_seconds",
    "deleted_at",
    "enabled",
    "id",
    "iss",
    "jwks_url",
    "kind",
    "secret",
    "secret_key_id",
    "tenant_id",
  ],
  "gateway jobs": [
    "attempts",
    "created_at",
    "error",
    "finished_at",
    "id",
    "max_attempts",
    "result",
    "started_at",
    "state",
    "tenant_id",
  ],
  "gateway refusals": ["at"],
  "gateway revisions": ["content", "hash", "number", "tenant_id"],
  "gateway tenants": ["changed_xid", "deleted_at", "id", "live_revision", "slug"],
  "gateway unrecorded_refusals": ["until_at"],
  "worker tenants": ["deleted_at", "id", "slug"],
};
