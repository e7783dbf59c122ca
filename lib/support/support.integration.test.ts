import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test, { after, before } from "node:test";
import type { Actor, PersonActor, TenantActor, TenantPerson } from "#lib/access/actor.ts";
import { defineCommand, defineQuery } from "#lib/command/define.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { withTenant, withUser } from "#lib/db/scope.ts";
import { discardJob, retryJob } from "#lib/jobs/commands.ts";
import { mintKey } from "#lib/keys/commands.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { eventually } from "#tests/harness/eventually.ts";
import {
  closeExpiredSupportSessions,
  endSupportStay,
  leaveSupportSession,
  setSupportAccess,
  startSupportSession,
} from "./commands.ts";
import {
  findAnywhere,
  getAnyTenant,
  getInstallation,
  getSupportSession,
  listAllTenants,
  listDeadGroups,
  listSupportSessions,
  listSupportStays,
  listTenantsOfDeadGroup,
  lookupKeyAnywhere,
} from "./queries.ts";

let plane: ControlPlane;
let operator: PersonActor;
let acme: TenantPerson;
let globex: TenantPerson;

before(async () => {
  plane = await controlPlane();
  operator = await plane.operator();
  acme = (await plane.tenant("acme")).actor;
  globex = (await plane.tenant("globex")).actor;
});
after(() => plane.close());

const sql = (text: string, values: unknown[] = []) =>
  withClient(plane.database.superuserUrl, (client) => client.query(text, values));

async function job(of: TenantActor, fields: { state?: string; requestId?: string } = {}): Promise<string> {
  const id = uuidv7();
  await sql(
    `INSERT INTO jobs (id, tenant_id, function, state, input, error, error_fingerprint, attempts, request_id, finished_at)
     VALUES ($1, $2, 'sync', $3, '{"card":"4111"}', '{"name":"Error","message":"no 7"}', 'f', 5, $4, now())`,
    [id, of.tenant.id, fields.state ?? "dead", fields.requestId ?? null],
  );
  return id;
}

const enter = (slug: string, mode: "read" | "requeue" = "read", who: PersonActor = operator, minutes = 30) =>
  startSupportSession(who, { tenant: slug, mode, reason: "ticket 4711", minutes });

/** Makes the session's time come now; nothing but the superuser can. */
const expire = (id: string) =>
  sql(
    `ALTER TABLE support_sessions DISABLE TRIGGER support_sessions_keep;
     UPDATE support_sessions SET started_at = now() - interval '40 minutes', expires_at = now() - interval '1 second'
       WHERE id = '${id}';
     ALTER TABLE support_sessions ENABLE TRIGGER support_sessions_keep`,
  );

const auditOf = (of: TenantActor) =>
  withTenant(of, (tx) =>
    tx.auditEntry.findMany({ where: { action: { startsWith: "support." } }, orderBy: { at: "asc" } }),
  );

test("a job is found by its id and by its request's in any tenant, without its payload", async () => {
  const id = await job(globex, { requestId: "req-found" });
  for (const q of [id, id.toUpperCase(), "req-found", " req-found "]) {
    const found = await findAnywhere(operator, { q });
    assert.equal(found.jobs.length, 1, q);
    assert.equal(found.jobs[0]?.id, id);
    assert.deepEqual(found.jobs[0]?.tenant, { id: globex.tenant.id, slug: "globex", name: "globex" });
    assert.equal(found.jobs[0]?.state, "dead");
    assert.ok(!JSON.stringify(found).includes("4111"));
  }
  assert.deepEqual((await findAnywhere(operator, { q: uuidv7() })).jobs, []);
});

test("a request id that is shared by tenants finds each, and one that looks like a job's id finds both", async () => {
  const id = await job(acme, { requestId: "shared" });
  await job(globex, { requestId: "shared" });
  assert.equal((await findAnywhere(operator, { q: "shared" })).jobs.length, 2);
  const other = await job(globex, { requestId: id });
  const found = await findAnywhere(operator, { q: id });
  assert.deepEqual(found.jobs.map((each) => each.id).sort(), [id, other].sort());
});

test("a refused request is found by its id, with what it was told and nothing of what it sent", async () => {
  await sql(
    `INSERT INTO refusals (id, tenant_id, request_id, at, instance_id, revision, status, code, message, method, path,
       query_names, source_ip, steps)
     VALUES ($1, $2, 'refused-1', now(), $1, 1, 401, 'invalid_api_key', 'no', 'GET', '/secret-path', '[]', '10.0.0.1', '[]')`,
    [uuidv7(), acme.tenant.id],
  );
  const { refusals } = await findAnywhere(operator, { q: "refused-1" });
  assert.equal(refusals[0]?.tenant.slug, "acme");
  assert.equal(refusals[0]?.code, "invalid_api_key");
  assert.ok(!JSON.stringify(refusals).includes("secret-path"));
});

test("a key is found by how it begins, by how it ends, by both and by its hash, and never shown", async () => {
  const { key, id, prefix, lastFour } = await mintKey(acme, {
    name: "Partner",
    description: "",
    authorizedRequests: null,
    expiresAt: null,
  });
  const sha256 = createHash("sha256").update(key).digest("hex");
  for (const q of [prefix, prefix.slice(0, 6), lastFour, `${prefix}…${lastFour}`, id]) {
    const found = await findAnywhere(operator, { q });
    assert.deepEqual([found.keys[0]?.id, found.keys[0]?.tenant.slug], [id, "acme"], q);
    assert.ok(!JSON.stringify(found).includes(key));
  }
  assert.equal((await lookupKeyAnywhere(operator, { sha256 })).id, id);
  await assert.rejects(lookupKeyAnywhere(operator, { sha256: "0".repeat(64) }), { code: "not_found" });
  await assert.rejects(findAnywhere(operator, { q: key }), { code: "invalid_input" });
  assert.deepEqual((await findAnywhere(operator, { q: `${prefix}…zzzz` })).keys, []);
});

test("more than is listed says so", async () => {
  for (let n = 0; n < 21; n++) await job(acme, { requestId: "often" });
  const found = await findAnywhere(operator, { q: "often" });
  assert.deepEqual([found.jobs.length, found.more], [20, true]);
});

test("nobody but an operator gets anything, from the desk or from the database's functions", async () => {
  const id = await job(acme, { requestId: "mine" });
  for (const who of [acme, globex, await plane.person()]) {
    await assert.rejects(findAnywhere(who, { q: id }), { code: "not_found" });
    await assert.rejects(listAllTenants(who, { limit: 10 }), { code: "not_found" });
    await assert.rejects(enter("acme", "read", who), { code: "not_found" });
    // A caller who says to be an operator and is none.
    const liar = { ...who, isOperator: true };
    assert.deepEqual((await findAnywhere(liar, { q: id })).jobs, []);
    assert.deepEqual((await listAllTenants(liar, { limit: 10 })).data, []);
    assert.equal((await getInstallation(liar)).tenants, 0);
    assert.deepEqual((await listDeadGroups(liar, { order: "reach", limit: 10 })).data, []);
    await assert.rejects(enter("acme", "read", liar), { code: "not_found" });
  }
});

test("the console's connection sees no more of another tenant for an operator than for anybody", async () => {
  const id = await job(globex);
  await withUser(operator.userId, async (tx) => {
    assert.deepEqual(await tx.$queryRaw`SELECT id FROM jobs WHERE id = ${id}::uuid`, []);
    assert.deepEqual(await tx.$queryRaw`SELECT id FROM api_keys`, []);
    assert.deepEqual(await tx.$queryRaw`SELECT id FROM tenants`, []);
    assert.deepEqual(await tx.$queryRaw`SELECT id FROM support_sessions`, []);
  });
});

test("an operator who is dismissed or disabled is outside at once", async () => {
  const gone = await plane.operator();
  await enter("acme", "requeue", gone);
  const inside = await enterTenant(gone, "acme");
  await database().user.update({ where: { id: gone.userId }, data: { isOperator: false } });
  await assert.rejects(enterTenant(gone, "acme"), { code: "not_found" });
  assert.deepEqual((await findAnywhere(gone, { q: "acme" })).tenants, []);
  await database().user.update({
    where: { id: gone.userId },
    data: { isOperator: true, disabledAt: new Date() },
  });
  await assert.rejects(enterTenant(gone, "acme"), { code: "not_found" });
  assert.equal(inside.tenant.slug, "acme");
});

test("a session lets in with exactly its mode's rights, names the operator and ends when left", async () => {
  const who = await plane.operator();
  const first = await job(acme);
  await assert.rejects(enterTenant(who, "acme"), { code: "not_found" });

  const looking = await enter("acme", "read", who);
  const reader = await enterTenant(who, "acme");
  assert.equal(reader.tenant.role, "operator-read");
  await assert.rejects(retryJob(reader, { id: first, reason: "x" }), { code: "forbidden" });
  await assert.rejects(enterTenant(who, "globex"), { code: "not_found" });
  await leaveSupportSession(who, { id: looking.id });
  await assert.rejects(enterTenant(who, "acme"), { code: "not_found" });

  const acting = await enter("acme", "requeue", who);
  const requeuer = await enterTenant(who, "acme");
  await retryJob(requeuer, { id: first, reason: "ticket 4711" });
  await assert.rejects(
    mintKey(requeuer, { name: "k", description: "", authorizedRequests: null, expiresAt: null }),
    {
      code: "forbidden",
    },
  );
  const label = `operator ${who.email} (support)`;
  const [action] = await withTenant(acme, (tx) => tx.jobAction.findMany({ where: { jobId: first } }));
  assert.equal(action?.actorLabel, label);
  const { data } = await listSupportStays(acme, { limit: 10 });
  const stay = data.find(({ id }) => id === acting.id);
  assert.deepEqual(
    stay?.done.map(({ action: what, targetId, reason }) => [what, targetId, reason]),
    [["job.retry", first, "ticket 4711"]],
  );
  assert.deepEqual([stay?.open, stay?.mode, stay?.reason], [true, "requeue", "ticket 4711"]);
  await leaveSupportSession(who, { id: acting.id });
  await assert.rejects(retryJob(requeuer, { id: await job(acme), reason: "x" }), { code: "not_found" });

  const entries = (await auditOf(acme)).filter(({ actorId }) => actorId === who.userId);
  assert.deepEqual(
    entries.map(({ action: what, actorLabel }) => [what, actorLabel]),
    [
      ["support.start", label],
      ["support.end", label],
      ["support.start", label],
      ["support.end", label],
    ],
  );
  assert.equal(entries[0]?.reason, "ticket 4711");
});

test("the database itself lets a read-only session write nothing, and any session only where a command says so", async () => {
  const who = await plane.operator();
  await enter("acme", "read", who);
  const reader = await enterTenant(who, "acme");
  const write = (actor: TenantActor, changes: boolean) =>
    withTenant(actor, (tx) => tx.$executeRaw`UPDATE jobs SET function = 'changed'`, { changes });
  for (const changes of [false, true]) await assert.rejects(write(reader, changes), /read-only transaction/);
  await enter("globex", "requeue", who);
  const requeuer = await enterTenant(who, "globex");
  await assert.rejects(write(requeuer, false), /read-only transaction/);
  // A change for which looking is enough of a permission is none of support's business either.
  const note = defineCommand("tenant.read", async () => "changed");
  await assert.rejects(note(requeuer, undefined), { code: "forbidden" });
  assert.equal(await note(globex, undefined), "changed");
});

test("a session is over when its time has come, by the database's clock, before anybody has written that down", async () => {
  const who = await plane.operator();
  const session = await enter("acme", "requeue", who);
  const inside = await enterTenant(who, "acme");
  await expire(session.id);
  await assert.rejects(enterTenant(who, "acme"), { code: "not_found" });
  await assert.rejects(retryJob(inside, { id: await job(acme), reason: "x" }), { code: "not_found" });
  const { open, ended } = await getSupportSession(who, { id: session.id });
  assert.deepEqual([open, ended], [false, "expired"]);
  await assert.rejects(leaveSupportSession(who, { id: session.id }), { code: "conflict" });
  await assert.rejects(endSupportStay(acme, { id: session.id }), { code: "conflict" });

  assert.ok((await closeExpiredSupportSessions()) >= 1);
  assert.equal(await closeExpiredSupportSessions(), 0);
  const end = (await auditOf(acme)).filter(({ targetId }) => targetId === session.id).at(-1);
  assert.deepEqual([end?.action, end?.actorLabel], ["support.end", "Gatehouse"]);
  // And the operator may come again.
  await leaveSupportSession(who, { id: (await enter("acme", "read", who)).id });
});

test("a change that outlasts its session is undone", async () => {
  const who = await plane.operator();
  const session = await enter("acme", "requeue", who);
  const inside = await enterTenant(who, "acme");
  const slow = defineCommand("job.act", async ({ tx, audit }) => {
    await audit({ action: "job.slow", targetType: "job", targetId: "x" });
    // The hour strikes in the middle of it.
    await eventually("its time has come", async () => {
      const [row] = await tx.$queryRaw<{ over: boolean }[]>`
        SELECT expires_at <= clock_timestamp() AS over FROM support_sessions WHERE id = ${session.id}::uuid`;
      return row?.over;
    });
  });
  await sql(
    `ALTER TABLE support_sessions DISABLE TRIGGER support_sessions_keep;
     UPDATE support_sessions SET expires_at = clock_timestamp() + interval '1 second' WHERE id = '${session.id}';
     ALTER TABLE support_sessions ENABLE TRIGGER support_sessions_keep`,
  );
  await assert.rejects(slow(inside, undefined), { code: "not_found" });
  const left = await withTenant(acme, (tx) => tx.auditEntry.count({ where: { action: "job.slow" } }));
  assert.equal(left, 0);
});

test("the tenant's owner and admin end a session, others cannot, and a change under way is finished first", async () => {
  const who = await plane.operator();
  const session = await enter("acme", "requeue", who);
  const inside = await enterTenant(who, "acme");
  for (const role of ["developer", "support", "viewer"] as const) {
    await assert.rejects(endSupportStay(await plane.member(acme, role), { id: session.id }), {
      code: "forbidden",
    });
  }
  await assert.rejects(endSupportStay(globex, { id: session.id }), { code: "not_found" });

  const order: string[] = [];
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const change = defineCommand("job.act", async () => {
    begun.resolve();
    await goOn.promise;
    order.push("changed");
  })(inside, undefined);
  await begun.promise;
  const admin = await plane.member(acme, "admin");
  const removed = endSupportStay(admin, { id: session.id }).then(() => order.push("removed"));
  await eventually("who ends the session waits", async () => {
    const { rowCount } = await sql(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rowCount === 1;
  });
  goOn.resolve();
  await Promise.all([change, removed]);
  assert.deepEqual(order, ["changed", "removed"]);
  await assert.rejects(enterTenant(who, "acme"), { code: "not_found" });
  const { ended, endedBy } = await getSupportSession(who, { id: session.id });
  assert.equal(ended, "removed");
  assert.match(endedBy ?? "", /@people\.example$/);
});

test("one operator is in a tenant once, two operators beside each other, and only their own session can be left", async () => {
  const [one, two] = [await plane.operator(), await plane.operator()];
  const tries = await Promise.allSettled([1, 2, 3, 4].map(() => enter("acme", "read", one)));
  const made = tries.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  assert.equal(made.length, 1);
  for (const each of tries) if (each.status === "rejected") assert.equal(each.reason.code, "conflict");
  await enter("acme", "requeue", two);
  assert.equal((await enterTenant(one, "acme")).tenant.role, "operator-read");
  assert.equal((await enterTenant(two, "acme")).tenant.role, "operator-requeue");
  await assert.rejects(leaveSupportSession(two, { id: made[0]?.id ?? "" }), { code: "forbidden" });
  const open = await listSupportSessions(one, { tenant: "acme", state: "open", limit: 100 });
  assert.ok(open.data.some(({ mine }) => mine) && open.data.some(({ mine }) => !mine));
});

test("an owner who switches support off ends what is open and lets nobody in; nobody else can switch it", async () => {
  const { actor: owner } = await plane.tenant("shut");
  const who = await plane.operator();
  await enter("shut", "requeue", who);
  await assert.rejects(setSupportAccess(await plane.member(owner, "admin"), { allowed: false }), {
    code: "forbidden",
  });
  await setSupportAccess(owner, { allowed: false });
  await setSupportAccess(owner, { allowed: false });
  await assert.rejects(enterTenant(who, "shut"), { code: "not_found" });
  await assert.rejects(enter("shut", "read", who), { code: "conflict" });
  assert.equal((await getAnyTenant(who, { slug: "shut" })).supportAllowed, false);
  assert.deepEqual(
    (await auditOf(owner)).map(({ action }) => action),
    ["support.start", "support.end", "support.access"],
  );
  await setSupportAccess(owner, { allowed: true });
  await enter("shut", "read", who);
});

test("switching off and entering at the same moment leaves nobody inside", async () => {
  const { actor: owner } = await plane.tenant("race");
  for (let round = 0; round < 5; round++) {
    const operators = await Promise.all([plane.operator(), plane.operator(), plane.operator()]);
    await Promise.allSettled([
      ...operators.map((each) => enter("race", "read", each)),
      setSupportAccess(owner, { allowed: false }),
    ]);
    for (const each of operators) await assert.rejects(enterTenant(each, "race"), { code: "not_found" });
    assert.deepEqual((await listSupportStays(owner, { state: "open", limit: 10 })).data, []);
    await setSupportAccess(owner, { allowed: true });
  }
});

test("a member who is an operator too goes in as a member", async () => {
  const member = await plane.member(acme, "viewer");
  await database().user.update({ where: { id: member.userId }, data: { isOperator: true } });
  const both = { ...member, isOperator: true };
  await assert.rejects(enter("acme", "requeue", both), { code: "conflict" });
  assert.equal((await enterTenant(both, "acme")).tenant.role, "viewer");
});

test("no session is longer than an hour, made for somebody else, made by nobody, or changed afterwards", async () => {
  const who = await plane.operator();
  await assert.rejects(enter("acme", "read", who, 61), /check constraint|row-level security/);
  const session = await enter("acme", "read", who, 60);
  const tries = [
    "UPDATE support_sessions SET expires_at = expires_at - interval '1 minute' WHERE id = $1",
    "UPDATE support_sessions SET mode = 'requeue' WHERE id = $1",
    "UPDATE support_sessions SET reason = 'another' WHERE id = $1",
  ];
  await withClient(plane.database.consoleUrl, async (client) => {
    const scope = (user: string) =>
      client.query("SELECT set_config('app.tenant', $1, false), set_config('app.user', $2, false)", [
        acme.tenant.id,
        user,
      ]);
    await scope(who.userId);
    for (const text of tries) await assert.rejects(client.query(text, [session.id]), /can be ended, once/);
    const insert = (operatorId: string, minutes = 30) =>
      client.query(
        `INSERT INTO support_sessions (id, tenant_id, operator_id, operator_email, operator_name, mode, reason,
           started_at, expires_at)
         VALUES (gen_random_uuid(), $1, $2, 'x', 'x', 'read', 'x', now() + make_interval(mins => $3 - 30),
           now() + make_interval(mins => $3))`,
        [acme.tenant.id, operatorId, minutes],
      );
    await assert.rejects(insert(operator.userId), /row-level security/, "for another operator");
    await assert.rejects(insert(who.userId, 90), /row-level security/, "that begins later");
    await scope(acme.userId);
    await assert.rejects(insert(acme.userId), /row-level security/, "by a member who is no operator");
  });
});

test("a token that is bound to a tenant opens neither the desk nor a session", async () => {
  const who = await plane.operator();
  await enter("acme", "read", who);
  const bound: Actor = {
    ...who,
    proof: { type: "token", tokenId: uuidv7(), name: "t", tenantId: acme.tenant.id, permissions: null },
  };
  await assert.rejects(enterTenant(bound, "acme"), { code: "not_found" });
  await assert.rejects(findAnywhere(bound, { q: "acme" }), { code: "not_found" });
});

test("the list of tenants is complete page by page, searches slug and name, and tells where one is inside", async () => {
  const who = await plane.operator();
  const { id } = await enter("globex", "read", who);
  const slugs: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAllTenants(who, { limit: 2, cursor });
    slugs.push(...page.data.map(({ slug }) => slug));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  assert.deepEqual(slugs, [...slugs].sort());
  assert.ok(slugs.includes("acme") && slugs.includes("globex"));
  const { data } = await listAllTenants(who, { limit: 10, q: "LOBE" });
  assert.deepEqual(
    data.map(({ slug, session }) => [slug, session?.id]),
    [["globex", id]],
  );
});

test("failures are counted over tenants, newest or widest first, page by page and without a deleted tenant's", async () => {
  const tenants = await Promise.all(
    ["grp-a", "grp-b", "grp-c"].map(async (slug) => (await plane.tenant(slug)).actor),
  );
  const { actor: gone } = await plane.tenant("gone");
  const group = (of: TenantActor, fingerprint: string, dead: number, minutesAgo: number) =>
    sql(
      `INSERT INTO dead_letter_groups (tenant_id, fingerprint, error_name, error_message, dead, deaths, first_seen, last_seen)
       VALUES ($1, $2, 'TypeError', 'order 17 of "Smith" failed: pin=hidden, token: abc', $3, 99, now() - interval '2 days',
         now() - make_interval(mins => $4))`,
      [of.tenant.id, fingerprint, dead, minutesAgo],
    );
  await sql("DELETE FROM dead_letter_groups");
  for (const [index, each] of tenants.entries()) await group(each, "wide", 10, 60 + index);
  await group(tenants[0] as TenantActor, "fresh", 1, 1);
  await group(tenants[1] as TenantActor, "older", 4, 90);
  await group(tenants[2] as TenantActor, "solved", 0, 0);
  await group(gone, "older", 50, 0);
  await sql("UPDATE tenants SET deleted_at = now() WHERE slug = 'gone'");

  const seen: [string, number, number][] = [];
  let cursor: string | undefined;
  do {
    const page = await listDeadGroups(operator, { order: "recent", limit: 1, cursor });
    seen.push(
      ...page.data.map((each): [string, number, number] => [each.fingerprint, each.tenants, each.dead]),
    );
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  assert.deepEqual(seen, [
    ["fresh", 1, 1],
    ["wide", 3, 30],
    ["older", 1, 4],
  ]);
  const widest = await listDeadGroups(operator, { order: "reach", limit: 2 });
  assert.deepEqual(
    widest.data.map(({ fingerprint, tenants: reach }) => [fingerprint, reach]),
    [
      ["wide", 3],
      ["older", 1],
    ],
  );
  assert.equal(
    widest.data[0]?.error.message,
    "order <n> of <text> failed: pin=<n>, token: •••",
    "no tenant's own words",
  );
  const { data } = await listTenantsOfDeadGroup(operator, { fingerprint: "wide", limit: 2 });
  assert.deepEqual(
    data.map(({ tenant, dead }) => [tenant.slug, dead]),
    [
      ["grp-a", 10],
      ["grp-b", 10],
    ],
  );
  await assert.rejects(listTenantsOfDeadGroup(operator, { fingerprint: "none", limit: 2 }), {
    code: "not_found",
  });
  const { dead } = await getAnyTenant(operator, { slug: "grp-b" });
  assert.deepEqual([dead.jobs, dead.groups, dead.capped], [14, 2, false]);
});

test("what a session did is listed under it alone, also when a job was put away", async () => {
  const who = await plane.operator();
  const session = await enter("globex", "requeue", who);
  const id = await job(globex);
  await discardJob(await enterTenant(who, "globex"), { id, reason: "sent twice" });
  await discardJob(globex, { id: await job(globex), reason: "by its owner" });
  const { data } = await listSupportStays(globex, { limit: 50 });
  assert.deepEqual(
    data.find((each) => each.id === session.id)?.done.map(({ action, targetId }) => [action, targetId]),
    [["job.discard", id]],
  );
  const read = defineQuery("tenant.read", async ({ tx }) => tx.jobAction.findMany({ where: { jobId: id } }));
  assert.match((await read(globex, undefined))[0]?.actorLabel ?? "", /^operator .* \(support\)$/);
});
