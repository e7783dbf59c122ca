import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import type { TenantActor } from "#lib/access/actor.ts";
import { JOB_STATES, type JobState } from "#lib/contract/jobs.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { closeDatabase, Prisma } from "#lib/db/client.ts";
import { withTenant } from "#lib/db/scope.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import { type JobsWorld, jobsWorld } from "../../tests/harness/jobs.ts";
import { asking, conditionsOf } from "./filters.ts";
import { getJobCount, listJobs } from "./queries.ts";
import type { JobFilters, JobSort } from "./schema.ts";

let world: JobsWorld;
let actor: TenantActor;
let stranger: TenantActor;

const FUNCTIONS = ["export", "reindex", "mail"];
const ROUTES = [uuidv7(), uuidv7()];
const KEYS = [uuidv7(), uuidv7()];
const MESSAGES = ["cannot reach inventory at 10", "row is locked by '77'", "quota of tenant used up"];
const HOUR = 3_600_000;

type Made = {
  id: string;
  state: JobState;
  function: string;
  route: string;
  key: string | null;
  at: number;
  fingerprint: string | null;
  message: string | null;
  order: number;
};
const made: Made[] = [];

const actorOf = (tenantId: string, slug: string): TenantActor => ({
  userId: uuidv7(),
  email: `${slug}@example.com`,
  name: "Someone",
  isOperator: false,
  proof: sessionProof(),
  requestId: "request-2",
  ip: "",
  tenant: { id: tenantId, slug, name: slug, role: "support" },
});

before(async () => {
  world = await jobsWorld();
  process.env.CONSOLE_DATABASE_URL = world.database.consoleUrl;
  actor = actorOf(world.tenantId, "acme");
  stranger = actorOf(uuidv7(), "globex");
  await world.superuser.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'globex', 'Globex')", [
    stranger.tenant.id,
  ]);
  const start = Date.now() - 60 * HOUR;
  for (let n = 0; n < 120; n++) {
    const order = n % 9;
    const failed = n % 3 === 0;
    const job: Made = {
      id: await world.enqueue(FUNCTIONS[n % 3] as string, {
        input: {
          httpMethod: "POST",
          body: JSON.stringify({ orderId: order, card: { number: `4${order}` } }),
        },
        routeId: ROUTES[n % 2] as string,
        apiKeyId: n % 5 === 0 ? null : (KEYS[n % 2] as string),
        requestId: `request-${n % 40}`,
      }),
      state: JOB_STATES[n % JOB_STATES.length] as JobState,
      function: FUNCTIONS[n % 3] as string,
      route: ROUTES[n % 2] as string,
      key: n % 5 === 0 ? null : (KEYS[n % 2] as string),
      // Some at the very same moment.
      at: start + Math.floor(n / 2) * HOUR,
      fingerprint: failed ? `fp${(n / 3) % 3}` : null,
      message: failed ? (MESSAGES[(n / 3) % 3] as string) : null,
      order,
    };
    made.push(job);
    await world.superuser.query(
      `UPDATE jobs SET state = $2, created_at = to_timestamp($3 / 1000.0), error_fingerprint = $4, error = $5 WHERE id = $1`,
      [
        job.id,
        job.state,
        job.at,
        job.fingerprint,
        failed ? { name: "Error", message: job.message, stack: "" } : null,
      ],
    );
    // As if it had been enqueued then.
    await world.superuser.query(
      `UPDATE job_terms SET created_at = to_timestamp($2 / 1000.0), terms = ARRAY(SELECT
         term # (floor(extract(epoch FROM created_at) / 3600)::bigint << 40)
              # (floor($2 / 3600000.0)::bigint << 40) FROM unnest(terms) term) WHERE job_id = $1`,
      [job.id, job.at],
    );
  }
});
after(async () => {
  await closeDatabase();
  await world.close();
});

const iso = (at: number) => new Date(at).toISOString();

/** What the filters mean, said once more without a database. */
function fits(job: Made, filters: JobFilters): boolean {
  const { state, from, to, error, payload } = filters;
  return (
    (!state || state.split(",").includes(job.state)) &&
    (!filters.function || job.function === filters.function) &&
    (!filters.route || job.route === filters.route) &&
    (!filters.key || job.key === filters.key) &&
    (!from || job.at >= Date.parse(from)) &&
    (!to || job.at < Date.parse(to)) &&
    (!filters.fingerprint || job.fingerprint === filters.fingerprint) &&
    (!error || (job.message ?? "").includes(error)) &&
    (!payload || `body.orderId=${job.order}` === payload)
  );
}

async function everyPage(filters: JobFilters, sort: JobSort, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listJobs(actor, { ...filters, sort, limit, cursor });
    ids.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return ids;
}

const one = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const anyFilters = fc.record({
  state: one("dead", "dead,retrying", JOB_STATES.join(",")),
  function: one(...FUNCTIONS),
  route: one(...ROUTES),
  key: one(...KEYS),
  from: fc.option(
    fc.integer({ min: 0, max: 30 }).map((h) => iso(Date.now() - (61 - h) * HOUR)),
    { nil: undefined },
  ),
  to: fc.option(
    fc.integer({ min: 31, max: 60 }).map((h) => iso(Date.now() - (61 - h) * HOUR)),
    { nil: undefined },
  ),
  fingerprint: one("fp0", "fp1", "none"),
  error: one("inventory", "quota of tenant", "no such words"),
  payload: one("body.orderId=3", "body.orderId=8", "body.orderId=99"),
});

test("whatever filters are put together, list, count and selection are the same jobs, in order, page by page", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyFilters,
      fc.constantFrom("newest" as const, "oldest" as const),
      async (given, sort) => {
        const filters = Object.fromEntries(
          Object.entries(given).filter(([, value]) => value !== undefined),
        ) as JobFilters;
        const expected = made
          .filter((job) => fits(job, filters))
          .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
          .map(({ id }) => id);
        if (sort === "newest") expected.reverse();
        assert.deepEqual(await everyPage(filters, sort, 7), expected);
        assert.deepEqual(await getJobCount(actor, filters), { count: expected.length, capped: false });
        const selected = await withTenant(
          actor,
          (tx) =>
            tx.$queryRaw<{ id: string }[]>`SELECT id FROM jobs
          WHERE ${Prisma.join(conditionsOf(actor.tenant.id, filters), " AND ")}`,
        );
        assert.deepEqual(selected.map(({ id }) => id).sort(), [...expected].sort());
      },
    ),
    { numRuns: 60 },
  );
});

test("a job or request ID given whole finds its jobs, together with any other filter", async () => {
  const job = made[4] as Made;
  assert.deepEqual(await everyPage({ q: job.id.toUpperCase() }, "newest", 5), [job.id]);
  const same = made.filter((_, n) => n % 40 === 4).map(({ id }) => id);
  assert.deepEqual((await everyPage({ q: "request-4" }, "newest", 5)).sort(), same.sort());
  assert.deepEqual(await everyPage({ q: job.id, function: "nothing" }, "newest", 5), []);
  assert.deepEqual((await listJobs(stranger, { q: job.id, limit: 5 })).data, []);
});

test("what differs within a group of errors may be written in any way when its text is looked for", async () => {
  const group = made.filter(({ fingerprint }) => fingerprint === "fp1").length;
  for (const error of ["row is locked by '12'", "ROW  is locked", "Error: row is"]) {
    assert.equal((await getJobCount(actor, { error })).count, group, error);
  }
});

const refused = (path: string) => (error: { code?: string; details?: { path: string }[] }) =>
  error.code === "invalid_input" && error.details?.[0]?.path === path;

test("what cannot be asked, or would read too much, is refused and says what to narrow", async () => {
  const cases: [JobFilters, string][] = [
    [{ payload: "4711" }, "payload"],
    [{ payload: "body.password=x" }, "payload"],
    [{ payload: "a=1", from: iso(Date.now() - 40 * 24 * HOUR) }, "from"],
    [{ error: "4711" }, "error"],
    [{ error: "%" }, "error"],
    [{ within: "1h", from: iso(0) }, "within"],
    [{ from: iso(HOUR), to: iso(0) }, "to"],
  ];
  for (const [filters, path] of cases) {
    await assert.rejects(listJobs(actor, { ...filters, limit: 5 }), refused(path), JSON.stringify(filters));
    await assert.rejects(getJobCount(actor, filters), refused(path), JSON.stringify(filters));
    await assert.rejects(
      withTenant(actor, (tx) =>
        asking(async () => {
          await tx.$queryRaw`SELECT id FROM jobs WHERE ${Prisma.join(conditionsOf(actor.tenant.id, filters), " AND ")}`;
        }),
      ),
      refused(path),
      JSON.stringify(filters),
    );
  }
});

test("a path that the tenant masks cannot be searched, in any way of writing it", async () => {
  await world.superuser.query(
    "INSERT INTO job_mask_rules (tenant_id, path, pattern) VALUES ($1, 'body.card.*', '^body[.]card[.][^.]+$')",
    [actor.tenant.id],
  );
  try {
    for (const payload of ["body.card.number=41", "BODY.Card.NUMBER=41", "input.body.card.number=41"]) {
      await assert.rejects(listJobs(actor, { payload, limit: 5 }), refused("payload"), payload);
      await assert.rejects(getJobCount(actor, { payload }), refused("payload"), payload);
    }
    assert.ok((await getJobCount(actor, { payload: "body.orderId=3" })).count > 0);
  } finally {
    await world.superuser.query("DELETE FROM job_mask_rules");
  }
  assert.ok((await getJobCount(actor, { payload: "body.card.number=41" })).count > 0);
});

test("the search by value gives nothing of another tenant, whatever is asked of the function itself", async () => {
  const found = (who: TenantActor, sql: string) =>
    withTenant(who, (tx) => tx.$queryRawUnsafe<unknown[]>(sql));
  const { rows } = await world.superuser.query<{ terms: string[] }>("SELECT terms FROM job_terms LIMIT 1");
  const all = rows[0]?.terms.join(",");
  const ask = `SELECT * FROM jobs_with_value('a', ARRAY[${all}]::bigint[], now() - interval '3 days', now(), 1000, true, false)`;
  assert.deepEqual(await found(stranger, ask), []);
  assert.deepEqual(await found(stranger, "SELECT * FROM job_terms"), []);
  await assert.rejects(
    world.gateway.query("SELECT * FROM jobs_with_value('a', '{1}', now(), now(), 1, true, false)"),
    { code: "42501" },
  );
  await assert.rejects(world.gateway.query("SELECT * FROM job_terms"), { code: "42501" });
});
