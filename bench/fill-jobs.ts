import { parseArgs } from "node:util";
import pg from "pg";
import { jobTerms } from "#lib/contract/job-terms.ts";
import { errorFingerprint } from "#lib/contract/jobs.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";

export type JobsFill = {
  /** Tenants that share the jobs; the first of them is the main one. */
  tenants: number;
  /** Jobs in all; the main tenant gets a tenth of them, and its dead ones in any case. */
  jobs: number;
  /** Of the main tenant. Other tenants have one dead job in 200. */
  dead: number;
  /** Causes of death in the main tenant. A few are frequent and most are rare. */
  fingerprints: number;
  /** Jobs are spread evenly over this many days until now; default 30. */
  days?: number;
  /** The tenant that gets the dead; made when not given. */
  mainTenantId?: string;
  /** Makes the main tenant's jobs findable by their payloads, as enqueueing does. */
  terms?: boolean;
  /** Drops the secondary indexes of the ledger first and builds them afterwards; for an otherwise idle database. */
  rebuildIndexes?: boolean;
  /** Told about how far it is. */
  onProgress?: (said: string) => void;
};

export type FilledJobs = { mainTenantId: string; tenantIds: string[]; fingerprints: string[] };

/** Rows of one statement: large enough to be fast, small enough to say how far it is. */
const CHUNK = 250_000;
/** What the jobs run. */
export const FUNCTIONS = [
  "export-dataset",
  "reindex-dataset",
  "send-invoice",
  "resize-image",
  "sync-crm",
  "charge-card",
  "build-report",
  "import-orders",
  "geocode",
  "notify-partner",
];
const CAUSES = [
  ["TypeError", "Cannot read properties of undefined (reading 'rows')"],
  ["TimeoutError", "the upstream did not answer within 5000 ms"],
  ["HttpError", "POST https://crm.example.com/v2/contacts answered 502"],
  ["PaymentDeclined", "card_declined for invoice INV-1"],
  ["ConnectionError", "connect ECONNREFUSED 10.0.0.1:5432"],
] as const;

type Cause = { function: string; error: string; fingerprint: string };

/** Errors with as many different fingerprints, each of one function. */
function causesOf(count: number): Cause[] {
  return Array.from({ length: count }, (_, index) => {
    const [name, said] = CAUSES[index % CAUSES.length] as (typeof CAUSES)[number];
    // Numbers do not tell fingerprints apart, words do.
    const word = index.toString(26).replace(/\d/g, (digit) => "qrstuvwxyz"[Number(digit)] as string);
    const message = index < CAUSES.length ? said : `${said} (while at ${word})`;
    const functionName = FUNCTIONS[index % FUNCTIONS.length] as string;
    const stack = `${name}: ${message}\n    at load (file:///srv/functions/${functionName}.mjs:41:17)\n    at async handler (file:///srv/functions/${functionName}.mjs:12:20)`;
    return {
      function: functionName,
      error: JSON.stringify({ name, message, stack }),
      fingerprint: errorFingerprint(functionName, { name, message }),
    };
  });
}

/** What the gateway enqueues for a route: SQL over `i`, `r` (0–1) and `at`. */
const INPUT = `('{"httpMethod":"POST","path":"/v1/orders/' || i || '","resource":"/v1/orders/{id}","headers":'
  || '{"content-type":"application/json","user-agent":"acme-client/4.2","x-request-id":"req-' || i || '"},'
  || '"queryStringParameters":{"dryRun":"false"},"pathParameters":{"id":"' || i || '"},"body":'
  || to_json('{"orderId":"ord-' || i || '","customerId":"cust-' || (i % 5000) || '","amount":' || (i % 900)
    || ',"currency":"EUR","email":"buyer' || (i % 5000) || '@example.com","token":"tok_' || md5(i::text) || '"}')::text
  || ',"isBase64Encoded":false,"requestContext":{"requestId":"req-' || i || '","identity":{"sourceIp":"192.0.2.'
  || (i % 250) || '"}}}')::json`;

/** A UUID that is the same for the same text, with the marks of version 4. */
const uuidOf = (text: string) => `regexp_replace(md5(${text}), '^(.{12}).(.{3}).', '\\14\\28')::uuid`;

/** $1 tenants, $2 from, $3 to (both of i), $4 functions, $5 days, $6 main's dead, $7–$9 causes, $10 main's others. */
const FILL = `
  WITH drawn AS (
    SELECT i, random() AS r, random() AS q, now() - $5::int * interval '1 day' * random() AS at
    FROM generate_series($2::bigint, $3::bigint) i),
  cast_ AS (
    SELECT *, i <= $6::bigint AS doomed,
      CASE WHEN i <= $6::bigint + $10::bigint THEN 1 ELSE 1 + floor(r * cardinality($1::uuid[]))::int END AS tenant,
      1 + (power(q, 3) * cardinality($7::text[]))::int % cardinality($7::text[]) AS cause
    FROM drawn),
  told AS (
    SELECT *, CASE WHEN doomed THEN 'dead'
      WHEN tenant > 1 AND i % 200 = 0 THEN 'dead'
      WHEN i % 997 = 0 THEN 'cancelled' WHEN i % 1499 = 0 THEN 'discarded' WHEN i % 5003 = 0 THEN 'queued'
      ELSE 'succeeded' END AS state,
      (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8'
        || substr(md5(i::text), 4, 15))::uuid AS id
    FROM cast_)
  INSERT INTO jobs (id, tenant_id, function, state, input, result, error, error_fingerprint, attempts, max_attempts,
    timeout_ms, run_at, created_at, started_at, finished_at, route_id, revision, api_key_id, request_id, enqueued_by)
  SELECT id, ($1::uuid[])[tenant],
    CASE WHEN state IN ('dead', 'discarded') THEN ($7::text[])[cause] ELSE ($4::text[])[1 + (r * 1e6)::int % cardinality($4::text[])] END,
    state, ${INPUT}, CASE state WHEN 'succeeded' THEN ('{"rows":' || i % 4000 || '}')::json END,
    CASE WHEN state IN ('dead', 'discarded') THEN ($8::text[])[cause]::json END,
    CASE WHEN state IN ('dead', 'discarded') THEN ($9::text[])[cause] END,
    CASE state WHEN 'queued' THEN 0 WHEN 'succeeded' THEN 1 WHEN 'cancelled' THEN 1 ELSE 5 END, 5, 60000,
    CASE state WHEN 'queued' THEN now() + interval '20 days' ELSE at END, at,
    CASE WHEN state <> 'queued' THEN at + r * interval '2 s' END,
    CASE state WHEN 'queued' THEN NULL WHEN 'dead' THEN at + (20 + 20 * r) * interval '1 s'
      ELSE at + (2 + 3 * r) * interval '1 s' END,
    ${uuidOf("'route ' || tenant || ' ' || (r * 40)::int")}, 1 + (q * 12)::int,
    CASE WHEN i % 9 > 0 THEN ${uuidOf("'key ' || tenant || ' ' || (q * 60)::int")} END, 'req-' || i,
    CASE WHEN i % 11 = 0 THEN 'handler' ELSE 'route' END
  FROM told`;

/** The attempts of the main tenant's dead jobs. $1 tenant, $2 worker. */
const FILL_ATTEMPTS = `
  INSERT INTO job_attempts (job_id, number, tenant_id, worker_id, started_at, finished_at, outcome, error)
  SELECT jobs.id, number, jobs.tenant_id, $2::uuid, jobs.started_at + number * interval '3 s',
    jobs.started_at + number * interval '3 s' + interval '250 ms', 'failed', jobs.error
  FROM jobs, generate_series(1, 5) number WHERE jobs.tenant_id = $1::uuid AND jobs.state = 'dead'`;

/** What triggers would have noted of the dead, for the groups; a worker folds it. */
const NOTE_DEAD = `
  INSERT INTO dead_letter_changes
    (tenant_id, fingerprint, change, function, route_id, revision, error_name, error_message, at)
  SELECT tenant_id, error_fingerprint, 1, function, route_id, revision, left(error->>'name', 200),
    left(error->>'message', 500), finished_at
  FROM jobs WHERE state = 'dead' AND error_fingerprint IS NOT NULL AND tenant_id = ANY($1::uuid[])`;

const TERMS_CHUNK = 20_000;
/** $1 jobs, $2 tenants, $3 dates, $4 terms of each as the text of an array: as data-plane/sql/jobs.ts keeps them. */
const FILL_TERMS = `
  INSERT INTO job_terms (job_id, tenant_id, created_at, terms)
  SELECT id, $2::uuid, at, ARRAY(
    SELECT term # (floor(extract(epoch FROM at) / 3600)::bigint << 40) FROM unnest(terms::bigint[]) term)
  FROM unnest($1::uuid[], $3::timestamptz[], $4::text[]) AS found(id, at, terms)`;

async function fillTerms(
  client: pg.ClientBase,
  tenantId: string,
  said: (text: string) => void,
): Promise<void> {
  await client.query("BEGIN");
  await client.query({
    text: `DECLARE filled CURSOR FOR SELECT id, created_at AS at, input, enqueued_by AS "by" FROM jobs
      WHERE tenant_id = '${tenantId}'`,
  });
  for (let done = 0; ; ) {
    const { rows } = await client.query(`FETCH ${TERMS_CHUNK} FROM filled`);
    if (rows.length === 0) break;
    await client.query(FILL_TERMS, [
      rows.map((row) => row.id),
      tenantId,
      rows.map((row) => row.at),
      rows.map((row) => `{${jobTerms(tenantId, row.input, row.by).join(",")}}`),
    ]);
    done += rows.length;
    said(`${done} jobs findable by their payload`);
  }
  await client.query("COMMIT");
}

const TABLES = ["jobs", "job_attempts", "job_terms"];

/** The indexes of the ledger that no constraint needs, as statements that drop and make them. */
async function secondaryIndexes(client: pg.ClientBase): Promise<{ name: string; definition: string }[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE indrelid = ANY($1::text[]::regclass[])
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`,
    [TABLES],
  );
  return rows;
}

async function makeTenants(client: pg.ClientBase, fill: JobsFill): Promise<string[]> {
  const known = fill.mainTenantId ? [fill.mainTenantId] : [];
  const made = Array.from({ length: fill.tenants - known.length }, () => uuidv7());
  await client.query(
    `INSERT INTO tenants (id, slug, name) SELECT id, 'filled-' || substr(md5(id::text), 1, 12), 'Filled ' || n
     FROM unnest($1::uuid[]) WITH ORDINALITY AS made(id, n)`,
    [made],
  );
  return [...known, ...made];
}

/**
 * Fills the ledger by SQL, on a superuser's connection: finished jobs as a month of work leaves them behind, some
 * queued for later, and a tenant with many dead ones and their attempts. Nothing is dispatched.
 */
export async function fillJobs(client: pg.ClientBase, fill: JobsFill): Promise<FilledJobs> {
  const { jobs, dead, days = 30, onProgress = () => {} } = fill;
  const tenantIds = await makeTenants(client, fill);
  const mainTenantId = tenantIds[0] as string;
  const causes = causesOf(Math.max(1, fill.fingerprints));
  const workerId = uuidv7();
  await client.query(
    `INSERT INTO gateway_instances (id, kind, name, version, started_at, last_seen_at, stopped_at)
     VALUES ($1, 'worker', 'worker-filled', 'filled', now() - interval '31 days', now(), now())`,
    [workerId],
  );
  const indexes = fill.rebuildIndexes ? await secondaryIndexes(client) : [];
  // References and triggers would be looked at once per row; what is written here keeps to them.
  await client.query(
    "SET session_replication_role = replica; SET synchronous_commit = off; SELECT setseed(0.42)",
  );
  await client.query("SET maintenance_work_mem = '512MB'");
  try {
    for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
    for (let from = 1; from <= jobs; from += CHUNK) {
      const to = Math.min(jobs, from + CHUNK - 1);
      await client.query(FILL, [
        tenantIds,
        from,
        to,
        FUNCTIONS,
        days,
        dead,
        causes.map((cause) => cause.function),
        causes.map((cause) => cause.error),
        causes.map((cause) => cause.fingerprint),
        Math.max(0, Math.floor(jobs / 10) - dead),
      ]);
      onProgress(`${to} of ${jobs} jobs`);
    }
    await client.query(FILL_ATTEMPTS, [mainTenantId, workerId]);
    if (fill.terms) await fillTerms(client, mainTenantId, onProgress);
    for (const { name, definition } of indexes) {
      await client.query(definition);
      onProgress(`index ${name}`);
    }
  } finally {
    await client.query(
      "RESET session_replication_role; RESET synchronous_commit; RESET maintenance_work_mem",
    );
  }
  await client.query(NOTE_DEAD, [tenantIds]);
  await client.query(`VACUUM ANALYZE ${TABLES.join(", ")}, dead_letter_changes`);
  return { mainTenantId, tenantIds, fingerprints: causes.map((cause) => cause.fingerprint) };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      tenants: { type: "string", default: "100" },
      jobs: { type: "string", default: "100000" },
      dead: { type: "string", default: "5000" },
      fingerprints: { type: "string", default: "200" },
      "keep-indexes": { type: "boolean", default: false },
      tenant: { type: "string" },
      terms: { type: "boolean", default: false },
    },
  });
  const connectionString = process.env.SUPERUSER_URL;
  if (!connectionString) {
    throw new Error(
      "Set SUPERUSER_URL to a superuser's address of a bench database. Then: node bench/fill-jobs.ts [--tenants N] [--jobs N] [--dead N] [--fingerprints N] [--tenant UUID] [--terms] [--keep-indexes]",
    );
  }
  const client = new pg.Client({ connectionString });
  await client.connect();
  const filled = await fillJobs(client, {
    tenants: Number(values.tenants),
    jobs: Number(values.jobs),
    dead: Number(values.dead),
    fingerprints: Number(values.fingerprints),
    rebuildIndexes: !values["keep-indexes"],
    terms: values.terms,
    ...(values.tenant ? { mainTenantId: values.tenant } : {}),
    onProgress: (said) => console.log(said),
  });
  await client.end();
  console.log(`main tenant ${filled.mainTenantId}`);
}
