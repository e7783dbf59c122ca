import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import pg from "pg";
import type { TenantPerson } from "#lib/access/actor.ts";
import type { MemberRole } from "#lib/access/permissions.ts";
import { withTenant } from "#lib/db/scope.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import { type ControlPlane, controlPlane } from "#tests/harness/control-plane.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import { changeRole, handOverOwnership, leaveTenant, removeMember } from "./commands.ts";
import { getMember, listMembers } from "./queries.ts";
import type { Member, MemberFilters } from "./schema.ts";

let plane: ControlPlane;
let superuser: pg.Pool;
before(async () => {
  plane = await controlPlane();
  superuser = new pg.Pool({ connectionString: plane.database.superuserUrl, max: 4 });
});
after(async () => {
  await superuser.end();
  await plane.close();
});

const member = (of: TenantPerson, role: MemberRole) => plane.member(of, role) as Promise<TenantPerson>;
const refusedAs = (code: string) => (error: unknown) => error instanceof DomainError && error.code === code;
const byToken = (actor: TenantPerson): TenantPerson => ({
  ...actor,
  proof: { type: "token", tokenId: actor.userId, name: "t", tenantId: null, permissions: null },
});
const longAgo = (actor: TenantPerson): TenantPerson => ({
  ...actor,
  proof: sessionProof({ confirmedAt: new Date(Date.now() - 3_600_000) }),
});

async function rolesIn({ tenant }: TenantPerson): Promise<Record<string, string>> {
  const { rows } = await superuser.query("SELECT user_id, role FROM memberships WHERE tenant_id = $1", [
    tenant.id,
  ]);
  return Object.fromEntries(rows.map(({ user_id, role }) => [user_id, role]));
}
async function entries({ tenant }: TenantPerson, action: string) {
  const { rows } = await superuser.query(
    "SELECT target_id, before, after, actor_label FROM audit_entries WHERE tenant_id = $1 AND action = $2 ORDER BY at",
    [tenant.id, action],
  );
  return rows;
}

test("a role is changed with before and after in the log, and not written again when it is the same", async () => {
  const { actor: owner } = await plane.tenant("roles");
  const dev = await member(owner, "developer");
  const to = (role: MemberRole) => changeRole(owner, { userId: dev.userId, role, seen: null });
  assert.equal((await to("admin")).role, "admin");
  assert.equal((await to("admin")).role, "admin");
  assert.deepEqual(
    (await entries(owner, "member.role")).map(({ before, after }) => [before, after]),
    [
      [
        { email: dev.email, role: "developer" },
        { email: dev.email, role: "admin" },
      ],
    ],
  );
});

test("an admin cannot change, remove or make an owner, nor raise themselves, and nothing is changed by trying", async () => {
  const { actor: owner } = await plane.tenant("above");
  const admin = await member(owner, "admin");
  const dev = await member(owner, "developer");
  const before = await rolesIn(owner);
  const tries = [
    () => changeRole(admin, { userId: owner.userId as string, role: "viewer", seen: null }),
    () => changeRole(admin, { userId: dev.userId, role: "owner", seen: null }),
    () => changeRole(admin, { userId: admin.userId, role: "owner", seen: null }),
    () => removeMember(admin, { userId: owner.userId as string, seen: null }),
    () => handOverOwnership(admin, { userId: dev.userId, seen: null }),
    () => changeRole(dev, { userId: admin.userId, role: "viewer", seen: null }),
    () => removeMember(dev, { userId: admin.userId, seen: null }),
  ];
  for (const one of tries) await assert.rejects(one(), refusedAs("forbidden"));
  assert.deepEqual(await rolesIn(owner), before);
});

test("somebody who was demoted or removed a moment ago acts with what they are now, not with what they were", async () => {
  const { actor: owner } = await plane.tenant("stale-actor");
  const admin = await member(owner, "admin");
  const other = await member(owner, "viewer");
  await changeRole(owner, { userId: admin.userId, role: "viewer", seen: "admin" });
  const raise = () => changeRole(admin, { userId: other.userId, role: "admin", seen: null });
  await assert.rejects(raise(), refusedAs("forbidden"));
  await removeMember(owner, { userId: admin.userId, seen: null });
  await assert.rejects(raise(), refusedAs("not_found"));
});

test("a stale view is a conflict that names the role of now", async () => {
  const { actor: owner } = await plane.tenant("seen");
  const dev = await member(owner, "developer");
  const stale = { userId: dev.userId, seen: "viewer" as const };
  for (const one of [
    () => changeRole(owner, { ...stale, role: "admin" }),
    () => removeMember(owner, stale),
    () => handOverOwnership(owner, stale),
  ]) {
    await assert.rejects(one(), (error) => {
      assert.ok(error instanceof DomainError && error.code === "conflict");
      assert.deepEqual(error.details, [{ path: "role", message: "developer" }]);
      return true;
    });
  }
  assert.equal((await rolesIn(owner))[dev.userId], "developer");
});

test("a removed member is refused from the next request on, and their tokens for the tenant never come back", async () => {
  const { actor: owner } = await plane.tenant("removal");
  const { actor: elsewhere } = await plane.tenant("removal-elsewhere");
  const dev = await member(owner, "developer");
  const token = (tenantId: string | null) =>
    mintToken(dev, { name: "t", expiresInDays: 1, tenantId } as never);
  await token(dev.tenant.id);
  await token(dev.tenant.id);
  await token(null);
  await superuser.query("INSERT INTO memberships (tenant_id, user_id, role) VALUES ($1, $2, 'viewer')", [
    elsewhere.tenant.id,
    dev.userId,
  ]);
  assert.equal((await getMember(owner, { userId: dev.userId })).activeTokens, 2);
  await removeMember(owner, { userId: dev.userId, seen: "developer" });
  await assert.rejects(enterTenant(dev, "removal"), refusedAs("not_found"));
  assert.equal((await enterTenant(dev, "removal-elsewhere")).tenant.role, "viewer");
  const { rows } = await superuser.query(
    "SELECT tenant_id IS NULL AS personal, revoked_at IS NULL AS alive FROM access_tokens WHERE user_id = $1 ORDER BY 1",
    [dev.userId],
  );
  assert.deepEqual(rows, [
    { personal: false, alive: false },
    { personal: false, alive: false },
    { personal: true, alive: true },
  ]);
  assert.deepEqual((await entries(owner, "member.remove"))[0]?.after, { tokensRevoked: 2 });
  await assert.rejects(removeMember(owner, { userId: dev.userId, seen: null }), refusedAs("not_found"));
});

test("the only owner is not demoted, removed or gone; with a second one they are", async () => {
  const { actor: owner } = await plane.tenant("only-owner");
  const self = owner.userId as string;
  await assert.rejects(changeRole(owner, { userId: self, role: "admin", seen: null }), refusedAs("conflict"));
  await assert.rejects(removeMember(owner, { userId: self, seen: null }), refusedAs("conflict"));
  await assert.rejects(leaveTenant(owner as TenantPerson, undefined), refusedAs("conflict"));
  await member(owner as TenantPerson, "owner");
  await leaveTenant(owner as TenantPerson, undefined);
  await assert.rejects(enterTenant(owner, "only-owner"), refusedAs("not_found"));
});

test("ownership is handed over whole: the other owns, oneself administers", async () => {
  const { actor: owner } = await plane.tenant("hand-over");
  const viewer = await member(owner, "viewer");
  await handOverOwnership(owner, { userId: viewer.userId, seen: "viewer" });
  assert.deepEqual(await rolesIn(owner), { [owner.userId as string]: "admin", [viewer.userId]: "owner" });
  await assert.rejects(
    handOverOwnership(owner, { userId: viewer.userId, seen: null }),
    refusedAs("forbidden"),
  );
});

test("whatever touches owners wants a person in a browser who proved lately that it is them", async () => {
  const { actor } = await plane.tenant("proof");
  const owner = actor as TenantPerson;
  const second = await member(owner, "owner");
  const dev = await member(owner, "developer");
  const touching = (as: TenantPerson) => [
    () => changeRole(as, { userId: second.userId, role: "admin", seen: null }),
    () => changeRole(as, { userId: dev.userId, role: "owner", seen: null }),
    () => removeMember(as, { userId: second.userId, seen: null }),
    () => handOverOwnership(as, { userId: dev.userId, seen: null }),
    () => leaveTenant(as, undefined),
  ];
  for (const one of touching(byToken(owner))) await assert.rejects(one(), refusedAs("forbidden"));
  for (const one of touching(longAgo(owner))) await assert.rejects(one(), refusedAs("confirmation_required"));
  // What touches no owner needs neither.
  await changeRole(byToken(owner), { userId: dev.userId, role: "viewer", seen: null });
  await changeRole(longAgo(owner), { userId: dev.userId, role: "developer", seen: null });
});

/** Runs them together while the tenant's row is held elsewhere, so that all of them have begun before any goes on. */
async function together(tenantId: string, works: (() => Promise<unknown>)[]) {
  const holder = await superuser.connect();
  await holder.query("BEGIN");
  await holder.query("SELECT 1 FROM tenants WHERE id = $1 FOR UPDATE", [tenantId]);
  const running = Promise.allSettled(works.map((work) => work()));
  for (;;) {
    const { rows } = await superuser.query(
      "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (rows[0].waiting >= works.length) break;
  }
  await holder.query("COMMIT");
  holder.release();
  return running;
}

test("of two owners who leave, remove or demote each other at the same moment, one stays an owner", async () => {
  for (const [index, race] of [
    (a: TenantPerson, b: TenantPerson) => [() => leaveTenant(a, undefined), () => leaveTenant(b, undefined)],
    (a: TenantPerson, b: TenantPerson) => [
      () => removeMember(a, { userId: b.userId, seen: null }),
      () => removeMember(b, { userId: a.userId, seen: null }),
    ],
    (a: TenantPerson, b: TenantPerson) => [
      () => changeRole(a, { userId: b.userId, role: "viewer", seen: null }),
      () => changeRole(b, { userId: a.userId, role: "viewer", seen: null }),
    ],
    (a: TenantPerson, b: TenantPerson) => [
      () => changeRole(a, { userId: a.userId, role: "admin", seen: null }),
      () => leaveTenant(b, undefined),
    ],
  ].entries()) {
    const { actor } = await plane.tenant(`race-${index}`);
    const first = actor as TenantPerson;
    const second = await member(first, "owner");
    const done = await together(first.tenant.id, race(first, second));
    assert.equal(
      done.filter(({ status }) => status === "fulfilled").length,
      1,
      `race ${index} has one winner`,
    );
    const owners = Object.values(await rolesIn(first)).filter((role) => role === "owner");
    assert.equal(owners.length, 1);
  }
});

test("a role change racing with the removal of the same member leaves either, and never both halves", async () => {
  const { actor } = await plane.tenant("change-remove");
  const owner = actor as TenantPerson;
  const admin = await member(owner, "admin");
  const dev = await member(owner, "developer");
  const done = await together(owner.tenant.id, [
    () => changeRole(owner, { userId: dev.userId, role: "viewer", seen: "developer" }),
    () => removeMember(admin, { userId: dev.userId, seen: "developer" }),
  ]);
  const won = done.map(({ status }) => status);
  assert.equal(won.filter((status) => status === "fulfilled").length, 1);
  assert.equal((await rolesIn(owner))[dev.userId], won[0] === "fulfilled" ? "viewer" : undefined);
  assert.equal(
    (await entries(owner, "member.role")).length + (await entries(owner, "member.remove")).length,
    1,
  );
});

test("somebody who is removed while they change another's role does not do so afterwards", async () => {
  const { actor } = await plane.tenant("removed-actor");
  const owner = actor as TenantPerson;
  const admin = await member(owner, "admin");
  const dev = await member(owner, "developer");
  const done = await together(owner.tenant.id, [
    () => removeMember(owner, { userId: admin.userId, seen: null }),
    () => changeRole(admin, { userId: dev.userId, role: "admin", seen: null }),
  ]);
  assert.equal(done[0]?.status, "fulfilled");
  const roles = await rolesIn(owner);
  assert.equal(roles[admin.userId], undefined);
  // Either the admin was first, and did it while they were one, or they were nobody any more.
  assert.equal(roles[dev.userId], done[1]?.status === "fulfilled" ? "admin" : "developer");
});

test("the list finds by name and address, filters, and holds everybody once in each order, page by page", async () => {
  const { actor } = await plane.tenant("list");
  const owner = actor as TenantPerson;
  await superuser.query(
    `INSERT INTO users (id, email, name, has_second_factor)
     SELECT gen_random_uuid(), 'p' || i || '@list.example', CASE WHEN i % 7 = 0 THEN repeat('Same ', 20) ELSE 'Pérson ' || i END, i % 5 = 0
     FROM generate_series(1, 230) i`,
  );
  await superuser.query(
    `INSERT INTO memberships (tenant_id, user_id, role, created_at)
     SELECT $1, id, (ARRAY['admin', 'developer', 'support', 'viewer'])[1 + length(email) % 4], now() - interval '1 hour'
     FROM users WHERE email LIKE '%@list.example'`,
    [owner.tenant.id],
  );
  const all = async (filters: MemberFilters, as = owner) => {
    const found: Member[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listMembers(as, { ...filters, limit: 50, cursor });
      found.push(...page.data);
      if (!page.next_cursor) return found;
      assert.ok(page.next_cursor.length <= 512, "a cursor that the endpoint takes back");
      cursor = page.next_cursor;
    }
  };
  const whole = await all({});
  assert.equal(whole.length, 231);
  for (const order of ["name", "joined", "role"] as const) {
    assert.equal(new Set((await all({ order })).map(({ userId }) => userId)).size, 231, order);
  }
  assert.equal((await all({ order: "role" }))[0]?.role, "owner");
  assert.equal((await all({ order: "joined" }))[0]?.role, "owner");
  const wanted = (filters: MemberFilters, keep: (one: Member) => boolean) =>
    all(filters).then((found) => assert.deepEqual(found, whole.filter(keep)));
  await wanted({ q: "PÉRSON 11" }, ({ name }) => name.toLowerCase().includes("pérson 11"));
  await wanted({ q: "p12@" }, ({ email }) => email.includes("p12@"));
  await wanted({ q: "%" }, () => false);
  await wanted({ role: "support", q: "p" }, ({ role }) => role === "support");
  await wanted({ factor: "on" }, ({ secondFactor }) => secondFactor === true);
  const viewer = await member(owner, "viewer");
  const seen = await all({}, viewer);
  assert.deepEqual(
    [...new Set(seen.filter(({ userId }) => userId !== viewer.userId).map((one) => one.secondFactor))],
    [null],
  );
  await assert.rejects(listMembers(viewer, { factor: "off", limit: 1 }), refusedAs("forbidden"));
});

test("nobody of another tenant is found, changed or removed under one's own", async () => {
  const { actor: owner } = await plane.tenant("mine");
  const { actor: theirs } = await plane.tenant("theirs");
  const stranger = { userId: theirs.userId as string, seen: null };
  for (const one of [
    () => changeRole(owner, { ...stranger, role: "viewer" }),
    () => removeMember(owner, stranger),
    () => handOverOwnership(owner, stranger),
    () => getMember(owner, stranger),
  ])
    await assert.rejects(one(), refusedAs("not_found"));
  await withTenant(theirs, async (tx) => assert.equal(await tx.membership.count(), 1));
});
