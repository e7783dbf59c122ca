import pg from "pg";
import { foldDeadLetters } from "#data-plane/dead-letters/fold.ts";
import type { TenantPerson } from "#lib/access/actor.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import type { ControlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { fillJobs, type JobsFill } from "./fill-jobs.ts";

const WARM = 5;

export type Times = { p50: number; p95: number };
export type Listed = { what: string; own: Times; empty: Times; hold: number };
type Sample = {
  id: string;
  function: string;
  routeId: string;
  keyId: string;
  requestId: string;
  input: { pathParameters: { id: string } };
};

/** The value below which `share` of the times lie. */
const at = (times: readonly number[], share: number) =>
  [...times].sort((a, b) => a - b)[Math.max(0, Math.ceil(share * times.length) - 1)] ?? Number.NaN;

/** Makes a job one that was tried 200 times, each attempt with a stack and 50 lines printed. */
const TRIED_OFTEN = `WITH job AS (
    UPDATE jobs SET attempts = 200, max_attempts = 200 WHERE id = $1 RETURNING id, tenant_id, worker_id, created_at)
  INSERT INTO job_attempts (job_id, number, tenant_id, worker_id, started_at, finished_at, outcome, error, logs)
  SELECT id, n, tenant_id, COALESCE(worker_id, gen_random_uuid()), created_at + n * interval '1 s',
    created_at + n * interval '1 s', 'failed',
    json_build_object('name', 'Error', 'message', 'no answer ' || n, 'stack', repeat('    at load (file:///srv/f.mjs:1:1)\n', 20)),
    json_build_object('lines', (SELECT json_agg(json_build_object('at', created_at, 'level', 'info',
      'message', 'customer=4711 token=abc order ' || line || repeat(' and more', 10))) FROM generate_series(1, 50) AS line),
      'cut', false, 'dropped', 0, 'droppedAfter', 0)
  FROM job, generate_series(1, 200) AS n
  ON CONFLICT (job_id, number) DO UPDATE SET error = EXCLUDED.error, logs = EXCLUDED.logs`;

/** Asks the API's own dispatch in this process: authentication, schemas, row-level security and all but the socket. */
async function ask(slug: string, token: string, path: string): Promise<number> {
  const request = new Request(`http://127.0.0.1:3000/api/v1/tenants/${slug}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const began = performance.now();
  const response = await dispatch(request);
  const text = await response.text();
  const taken = performance.now() - began;
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text.slice(0, 300)}`);
  return taken;
}

const tokenFor = async (actor: TenantPerson) =>
  (await mintToken(actor, { name: "bench", expiresInDays: 1, tenantId: actor.tenant.id })).token;

/**
 * Fills the ledger and measures every list, filter, group and search of jobs in the tenant with the dead letters,
 * each beside the same question to a tenant that has nothing, asked in turn.
 */
export async function listTimes(plane: ControlPlane, fill: JobsFill, times: number): Promise<Listed[]> {
  const { actor } = await plane.tenant("bench-jobs");
  const { actor: nobody } = await plane.tenant("bench-nothing");
  const { fingerprints } = await withClient(plane.database.superuserUrl, (client) =>
    fillJobs(client, { ...fill, mainTenantId: actor.tenant.id, rebuildIndexes: true, terms: true }),
  );
  const worker = new pg.Pool({ connectionString: plane.database.workerUrl, max: 1 });
  await foldDeadLetters(worker);
  await worker.end();
  const samples = await withClient(plane.database.superuserUrl, async (client) => {
    await client.query("VACUUM ANALYZE");
    const { rows } = await client.query<Sample>(
      `SELECT id, function, route_id AS "routeId", api_key_id AS "keyId", request_id AS "requestId", input FROM jobs
       WHERE tenant_id = $1 AND state = 'dead' AND api_key_id IS NOT NULL AND created_at > now() - interval '20 days'
       LIMIT $2`,
      [actor.tenant.id, times],
    );
    return rows;
  });
  const often = samples[0]?.id as string;
  await withClient(plane.database.superuserUrl, (client) => client.query(TRIED_OFTEN, [often]));
  const main = await tokenFor(actor);
  const empty = await tokenFor(nobody);
  const sample = (index: number) => samples[index % samples.length] as Sample;
  const common = encodeURIComponent(fingerprints[0] as string);
  const rare = encodeURIComponent(fingerprints.at(-1) as string);
  const since = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

  const listed: Listed[] = [];
  async function measure(
    what: string,
    hold: number,
    path: (index: number) => string,
    emptyPath = path,
  ): Promise<void> {
    const own: number[] = [];
    const beside: number[] = [];
    for (let index = -WARM; index < times; index++) {
      const taken = await ask("bench-jobs", main, path(index + WARM));
      const nothing = await ask("bench-nothing", empty, emptyPath(index + WARM));
      if (index < 0) continue;
      own.push(taken);
      beside.push(nothing);
    }
    const timesOf = (taken: number[]): Times => ({ p50: at(taken, 0.5), p95: at(taken, 0.95) });
    listed.push({ what, own: timesOf(own), empty: timesOf(beside), hold });
    console.log(
      `${what}: ${at(own, 0.5).toFixed(1)} / ${at(own, 0.95).toFixed(1)} ms, empty ${at(beside, 0.95).toFixed(1)} ms`,
    );
  }
  const jobs = (query: string) => `/jobs?${query}`;

  await measure("jobs, first page of 25", 100, () => jobs(""));
  await measure("jobs, first page of 100", 100, () => jobs("limit=100"));
  await measure("jobs, oldest first", 100, () => jobs("sort=oldest"));
  for (const state of ["dead", "succeeded", "queued", "running", "dead,retrying"]) {
    await measure(`state ${state}`, 100, () => jobs(`state=${state}`));
  }
  await measure("function", 100, (i) => jobs(`function=${sample(i).function}`));
  await measure("function and state", 100, (i) => jobs(`function=${sample(i).function}&state=dead`));
  await measure("a function that none has", 100, () => jobs("function=nowhere"));
  await measure("route", 100, (i) => jobs(`route=${sample(i).routeId}`));
  await measure("route and state", 100, (i) => jobs(`route=${sample(i).routeId}&state=dead`));
  await measure("key", 100, (i) => jobs(`key=${sample(i).keyId}`));
  await measure("last 24 hours", 100, () => jobs("within=24h"));
  await measure("one day, ten days ago, dead", 100, () =>
    jobs(`state=dead&from=${since(10)}&to=${since(9)}`),
  );
  await measure("common error", 100, () => jobs(`fingerprint=${common}`));
  await measure("rare error", 100, () => jobs(`fingerprint=${rare}`));
  await measure("words of an error", 100, () => jobs("error=upstream%20did%20not%20answer"));
  await measure("a payload's own value", 100, (i) =>
    jobs(`payload=pathParameters.id%3D${sample(i).input.pathParameters.id}&within=30d`),
  );
  await measure("a payload's common value", 100, () => jobs("payload=body.currency%3DEUR"));
  await measure("request ID", 100, (i) => jobs(`q=${sample(i).requestId}`));
  await measure("job ID", 100, (i) => jobs(`q=${sample(i).id}`));
  await measure("an ID that none has", 100, () => jobs("q=nothing-is-called-so"));
  await measure("count, no filter", 100, () => "/jobs/count?");
  await measure("count, dead", 100, () => "/jobs/count?state=dead");
  await measure(
    "count, function and state",
    100,
    (i) => `/jobs/count?function=${sample(i).function}&state=dead`,
  );
  await measure("dead-letter groups", 100, () => "/dead-letters/groups?");
  await measure("dead letters, summary", 100, () => "/dead-letters/summary");
  await measure(
    "one dead-letter group",
    100,
    () => `/dead-letters/groups/${common}`,
    () => "/dead-letters/groups?",
  );
  await measure(
    "a job's page",
    50,
    (i) => `/jobs/${sample(i).id}`,
    () => jobs("q=nothing-is-called-so"),
  );
  await measure(
    "a job's page, 200 attempts with 50 lines each",
    50,
    () => `/jobs/${often}`,
    () => jobs("q=nothing-is-called-so"),
  );
  await measure(
    "25 earlier attempts of it",
    100,
    () => `/jobs/${often}/attempts`,
    () => jobs("q=nothing-is-called-so"),
  );
  await measure("overview", 100, () => "/overview");
  await measure(
    "what a shorter time would delete",
    100,
    () => "/job-settings/preview?succeeded=10&dead=10&closed=10",
  );
  return listed;
}
