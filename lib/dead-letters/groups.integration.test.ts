import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { foldDeadLetters } from "#data-plane/dead-letters/fold.ts";
import type { TenantActor } from "#lib/access/actor.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { closeDatabase } from "#lib/db/client.ts";
import { discardJob, retryJob } from "#lib/jobs/commands.ts";
import { type JobsWorld, jobsWorld } from "#tests/harness/jobs.ts";
import { personOf } from "#tests/harness/person-of.ts";
import { getGroup, getSummary, listGroups } from "./queries.ts";
import { deadLetterGroupDetailSchema, deadLetterGroupSchema } from "./schema.ts";

let world: JobsWorld;
let actor: TenantActor;

before(async () => {
  world = await jobsWorld();
  process.env.CONSOLE_DATABASE_URL = world.database.consoleUrl;
  actor = await personOf(world.superuser, world.tenantId, "acme", "support");
});
after(async () => {
  await closeDatabase();
  await world.close();
});

const list = async (input: Partial<Parameters<typeof listGroups>[1]> = {}) =>
  (await listGroups(actor, { sort: "last_seen", limit: 100, ...input })).data;

type Dead = {
  fingerprint: string;
  function?: string;
  routeId?: string | null;
  revision?: number | null;
  at?: string;
};

/** Puts a dead job into the ledger as a worker does: it was there before it died. */
async function dies(
  tenantId: string,
  { fingerprint, function: name = "sync", routeId = null, revision = null, at = "now()" }: Dead,
) {
  const id = uuidv7();
  await world.superuser.query(
    `INSERT INTO jobs (id, tenant_id, function, state, input, attempts, route_id, revision)
     VALUES ($1, $2, $3, 'running', '{}', 5, $4, $5)`,
    [id, tenantId, name, routeId, revision],
  );
  await world.superuser.query(
    `UPDATE jobs SET state = 'dead', error_fingerprint = $2, finished_at = ${at === "now()" ? at : `'${at}'`},
       error = json_build_object('name', 'Error', 'message', $2::text || ' broke') WHERE id = $1`,
    [id, fingerprint],
  );
  return id;
}

test("jobs that died of one cause are one group, at once and after it was folded", async () => {
  const route = uuidv7();
  await world.superuser.query("INSERT INTO drafts (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING", [
    world.tenantId,
  ]);
  await world.superuser.query(
    `INSERT INTO draft_routes (tenant_id, id, method, path, enabled, document)
     VALUES ($1, $2, 'POST', '/v1/sync', true, '{}')`,
    [world.tenantId, route],
  );
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
  await dies(world.tenantId, {
    fingerprint: "aaaa",
    function: "sync",
    routeId: route,
    revision: 41,
    at: anHourAgo,
  });
  await dies(world.tenantId, { fingerprint: "aaaa", function: "export", revision: 43 });
  await dies(world.tenantId, { fingerprint: "bbbb" });
  for (const when of ["noted", "folded"]) {
    if (when === "folded") assert.equal(await foldDeadLetters(world.workerRole), 3);
    const groups = await list();
    assert.deepEqual(
      groups.map(({ fingerprint, dead }) => [fingerprint, dead]),
      [
        ["bbbb", 1],
        ["aaaa", 2],
      ],
      when,
    );
    const group = deadLetterGroupSchema.parse(groups[1]);
    assert.deepEqual(group.error, { name: "Error", message: "aaaa broke" });
    assert.equal(group.firstSeen, anHourAgo);
    assert.deepEqual([...group.functions].sort(), ["export", "sync"]);
    assert.deepEqual(group.routes, [{ id: route, method: "POST", path: "/v1/sync" }]);
    assert.equal(group.sinceRevision, 41);
    assert.equal(
      group.trend.reduce((sum, deaths) => sum + deaths, 0),
      2,
    );
    assert.deepEqual(await getSummary(actor, {}), { groups: { count: 2, capped: false }, dead: 3 });
    const detail = deadLetterGroupDetailSchema.parse(await getGroup(actor, { fingerprint: "aaaa" }));
    assert.equal(detail.examples.length, 2);
    assert.equal(detail.origins.length, 2);
    assert.equal(
      detail.days.reduce((sum, day) => sum + day.deaths, 0),
      2,
    );
  }
});

test("groups are found by a part of the message, by function and by route, and sorted page by page", async () => {
  assert.deepEqual(
    (await list({ q: "AAAA BRO" })).map(({ fingerprint }) => fingerprint),
    ["aaaa"],
  );
  assert.deepEqual(
    (await list({ q: "export" })).map(({ fingerprint }) => fingerprint),
    ["aaaa"],
  );
  assert.deepEqual((await list({ q: "%" })).length, 0);
  assert.deepEqual(
    (await list({ function: "export" })).map(({ fingerprint }) => fingerprint),
    ["aaaa"],
  );
  assert.deepEqual(await list({ routeId: uuidv7() }), []);
  for (const sort of ["last_seen", "first_seen", "dead"] as const) {
    const all = (await list({ sort })).map(({ fingerprint }) => fingerprint);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listGroups(actor, { sort, limit: 1, cursor });
      paged.push(...page.data.map(({ fingerprint }) => fingerprint));
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    assert.deepEqual(paged, all, sort);
  }
  assert.equal((await list({ sort: "dead" }))[0]?.fingerprint, "aaaa");
});

test("a group of which nothing is dead any more leaves the list, keeps its page, and remembers since when it is known", async () => {
  const id = await dies(world.tenantId, { fingerprint: "cccc" });
  const { firstSeen } = await getGroup(actor, { fingerprint: "cccc" });
  await discardJob(actor, { id, reason: "twice" });
  assert.ok(!(await list()).some(({ fingerprint }) => fingerprint === "cccc"));
  assert.equal((await getGroup(actor, { fingerprint: "cccc" })).dead, 0);
  await foldDeadLetters(world.workerRole);
  await dies(world.tenantId, { fingerprint: "cccc" });
  const again = await getGroup(actor, { fingerprint: "cccc" });
  assert.deepEqual([again.dead, again.deaths, again.firstSeen], [1, 2, firstSeen]);
});

test("another tenant's groups are not seen, nor anything that is no fingerprint", async () => {
  const stranger = uuidv7();
  await world.superuser.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'globex', 'Globex')", [
    stranger,
  ]);
  await dies(stranger, { fingerprint: "dddd" });
  assert.ok(!(await list()).some(({ fingerprint }) => fingerprint === "dddd"));
  for (const fingerprint of ["dddd", "", "nul\u0000", "x".repeat(10_000), "../.."])
    await assert.rejects(getGroup(actor, { fingerprint }), { code: "not_found" });
});

test("the end of a tenant takes its groups along", async () => {
  const tenant = uuidv7();
  await world.superuser.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'ending', 'E')", [tenant]);
  await dies(tenant, { fingerprint: "eeee" });
  await foldDeadLetters(world.workerRole);
  await dies(tenant, { fingerprint: "eeee" });
  await world.superuser.query("DELETE FROM tenants WHERE id = $1", [tenant]);
  for (const table of [
    "dead_letter_changes",
    "dead_letter_groups",
    "dead_letter_origins",
    "dead_letter_hours",
  ]) {
    const { rows } = await world.superuser.query(`SELECT FROM ${table} WHERE tenant_id = $1`, [tenant]);
    assert.equal(rows.length, 0, table);
  }
});

/** What a count of the ledger itself says. */
async function recount(): Promise<Record<string, number>> {
  const { rows } = await world.superuser.query<{ f: string; n: number }>(
    `SELECT error_fingerprint AS f, count(*)::int AS n FROM jobs
     WHERE tenant_id = $1 AND state = 'dead' GROUP BY 1`,
    [world.tenantId],
  );
  return Object.fromEntries(rows.map(({ f, n }) => [f, n]));
}

test("whatever happens to jobs, and whenever it is folded, every group has as many dead as the ledger", async () => {
  const operations = [
    "die",
    "die again",
    "retry",
    "discard",
    "delete",
    "delete many",
    "fold",
    "another cause",
  ] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...operations), fc.nat(2), fc.nat(1_000)), { maxLength: 25 }),
      async (steps) => {
        for (const [operation, cause, pick] of steps) {
          const fingerprint = `print${cause}`;
          const { rows } = await world.superuser.query<{ id: string; state: string }>(
            "SELECT id, state FROM jobs WHERE tenant_id = $1 ORDER BY id",
            [world.tenantId],
          );
          const dead = rows.filter(({ state }) => state === "dead");
          const id = dead[pick % Math.max(1, dead.length)]?.id;
          if (operation === "fold") await foldDeadLetters(world.workerRole);
          else if (operation === "die" || !id) await dies(world.tenantId, { fingerprint });
          else if (operation === "retry") await retryJob(actor, { id, reason: "again" });
          else if (operation === "discard") await discardJob(actor, { id, reason: "no" });
          else if (operation === "delete")
            await world.superuser.query("DELETE FROM jobs WHERE id = $1", [id]);
          else if (operation === "delete many")
            await world.superuser.query("DELETE FROM jobs WHERE tenant_id = $1 AND error_fingerprint = $2", [
              world.tenantId,
              fingerprint,
            ]);
          else if (operation === "another cause")
            await world.superuser.query("UPDATE jobs SET error_fingerprint = $2 WHERE id = $1", [
              id,
              fingerprint,
            ]);
          else {
            await retryJob(actor, { id, reason: "again" });
            await world.superuser.query(
              "UPDATE jobs SET state = 'dead', error_fingerprint = $2, finished_at = now() WHERE id = $1",
              [id, fingerprint],
            );
          }
        }
        const groups = await list();
        assert.deepEqual(
          Object.fromEntries(groups.map(({ fingerprint, dead }) => [fingerprint, dead]).sort()),
          Object.fromEntries(Object.entries(await recount()).sort()),
        );
      },
    ),
    { numRuns: 25 },
  );
});

test("workers that die, retry and fold at the same time lose no count and do not deadlock", async () => {
  await Promise.all(
    Array.from({ length: 4 }, async (_, lane) => {
      for (let n = 0; n < 10; n++) {
        const id = await dies(world.tenantId, { fingerprint: `many${n % 2}` });
        if ((n + lane) % 3 === 0) await retryJob(actor, { id, reason: "again" });
        if (n % 4 === 0) await foldDeadLetters(world.workerRole);
      }
    }),
  );
  const groups = await list();
  assert.deepEqual(
    Object.fromEntries(groups.map(({ fingerprint, dead }) => [fingerprint, dead]).sort()),
    Object.fromEntries(Object.entries(await recount()).sort()),
  );
});

test("of a group that comes from everywhere the list names some places and says that there are more", async () => {
  for (let index = 0; index < 9; index++) {
    await dies(world.tenantId, { fingerprint: "wide", function: `function-${index}` });
  }
  await dies(world.tenantId, { fingerprint: "narrow" });
  const groups = new Map((await list()).map((group) => [group.fingerprint, group]));
  assert.equal(groups.get("wide")?.functions.length, 8);
  assert.equal(groups.get("wide")?.moreOrigins, true);
  assert.equal(groups.get("narrow")?.moreOrigins, false);
  const whole = await getGroup(actor, { fingerprint: "wide" });
  assert.deepEqual([whole.functions.length, whole.moreOrigins, whole.origins.length], [9, false, 9]);
});
