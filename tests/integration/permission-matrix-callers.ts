import { encode } from "next-auth/jwt";
import type { PersonActor, TenantPerson } from "#lib/access/actor.ts";
import { type MemberRole, type Permission, ROLES, type SupportRole } from "#lib/access/permissions.ts";
import { sessionCookieName } from "#lib/access/session-cookie.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { database } from "#lib/db/client.ts";
import { withTenant, withUser } from "#lib/db/scope.ts";
import { env } from "#lib/env.ts";
import { openSession } from "#lib/sign-in/sessions.ts";
import { leaveSupportSession, startSupportSession } from "#lib/support/commands.ts";
import { mintServiceToken, mintToken, revokeToken } from "#lib/tokens/commands.ts";
import { TOKEN_PERMISSIONS } from "#lib/tokens/rules.ts";
import type { ControlPlane } from "#tests/harness/control-plane.ts";
import type { TenantObjects } from "#tests/harness/tenant-objects.ts";

/** What a caller sends to say who they are. */
export type Caller = { authorization?: string; cookie?: string };

const bearer = (token: string): Caller => ({ authorization: `Bearer ${token}` });

async function cookieOf(sessionId: string): Promise<Caller> {
  const jwt = await encode({ token: { sid: sessionId }, secret: env.secret });
  return { cookie: `${sessionCookieName(false)}=${jwt}` };
}

const from = { ip: "", userAgent: "" };

/** A signed-in browser of this person. */
export const session = async ({ userId }: PersonActor): Promise<Caller> =>
  cookieOf(await openSession({ userId, method: "password", from }));

const mint = (actor: PersonActor, more: { tenantId?: string; permissions?: Permission[] } = {}) =>
  mintToken(actor, { name: "matrix", expiresInDays: 1, tenantId: null, ...more });

/** A token of this person. */
export const token = async (...given: Parameters<typeof mint>): Promise<Caller> =>
  bearer((await mint(...given)).token);

/** Browsers and tokens that were somebody's once, or never. */
async function nobodies(plane: ControlPlane, own: TenantPerson): Promise<Record<string, Caller>> {
  const disabled = await plane.member(own, "owner");
  const revoked = await mint(own);
  await revokeToken(own, { id: revoked.id, tenantId: null });
  const expired = await mint(own);
  const past = new Date(Date.now() - 1_000);
  await withUser(own.userId, (tx) =>
    tx.accessToken.updateMany({ where: { id: expired.id }, data: { expiresAt: past } }),
  );
  const ended = async (data: object) => {
    const id = await openSession({ userId: own.userId, method: "password", from });
    await database().session.update({ where: { id }, data });
    return cookieOf(id);
  };
  const good = (await mint(own)).token;
  const found = {
    "nobody at all": {},
    "an expired token": bearer(expired.token),
    "a revoked token": bearer(revoked.token),
    "a disabled person's token": await token(disabled),
    "a disabled person's session": await session(disabled),
    "an expired session": await ended({ expiresAt: past }),
    "a revoked session": await ended({ revokedAt: past }),
    "a session whose second factor is due": await cookieOf(
      await openSession({ userId: own.userId, method: "password", secondFactor: "due", from }),
    ),
    "a session that never was": await cookieOf(uuidv7()),
    "no token": bearer("x"),
    "a token with a character more": bearer(`${good}x`),
    "a token with another prefix": bearer(good.replace("ght_", "gh_")),
    "ten thousand characters": bearer("a".repeat(10_000)),
    "a good token under another scheme": { authorization: `Basic ${btoa(`x:${good}`)}` },
    "a bad token beside a good session": { ...bearer("x"), ...(await session(own)) },
  };
  await database().user.update({ where: { id: disabled.userId }, data: { disabledAt: new Date() } });
  return found;
}

/** People and tokens that are good, and have no business in the tenant `own`. */
async function strangers(plane: ControlPlane, own: TenantPerson, other: TenantPerson) {
  const removed = await plane.member(own, "admin");
  const found = {
    "somebody of another tenant": await session(other),
    "a token of somebody of another tenant": await token(other),
    "somebody of no tenant": await session(await plane.person()),
    "somebody who was removed": await session(removed),
    "a token of somebody who was removed": await token(removed),
    "a token bound to the tenant, of somebody who was removed": await token(removed, {
      tenantId: own.tenant.id,
    }),
    "another tenant's service token": await service(other, TOKEN_PERMISSIONS),
  };
  await withTenant(own, (tx) => tx.membership.deleteMany({ where: { userId: removed.userId } }));
  return found;
}

const service = async (maker: TenantPerson, permissions: readonly Permission[]): Promise<Caller> =>
  bearer(
    (await mintServiceToken(maker, { name: "matrix", expiresInDays: 1, permissions: [...permissions] }))
      .token,
  );

/** A token that is bound to a tenant, of somebody who was its member for that moment. */
async function boundOf(person: PersonActor, own: TenantPerson): Promise<Caller> {
  const membership = { tenantId: own.tenant.id, userId: person.userId };
  await withTenant(own, (tx) => tx.membership.createMany({ data: [{ ...membership, role: "owner" }] }));
  const caller = await token(person, { tenantId: own.tenant.id });
  await withTenant(own, (tx) => tx.membership.deleteMany({ where: membership }));
  return caller;
}

async function operators(plane: ControlPlane, own: TenantPerson) {
  const outside = await plane.operator();
  const enter = async (mode: "read" | "requeue") => {
    const operator = await plane.operator();
    const stay = await startSupportSession(operator, { tenant: "own", mode, reason: "r", minutes: 60 });
    return { operator, stay, caller: await token(operator) };
  };
  const left = await enter("requeue");
  await leaveSupportSession(left.operator, { id: left.stay.id });
  return {
    outside: await token(outside),
    outsideInBrowser: await session(outside),
    bound: await boundOf(outside, own),
    limited: await token(outside, { permissions: [...TOKEN_PERMISSIONS] }),
    onceInside: left.caller,
    inside: {
      "operator-read": (await enter("read")).caller,
      "operator-requeue": (await enter("requeue")).caller,
    } satisfies Record<SupportRole, Caller>,
  };
}

/** Keeps what was made for a permission, so that each is made once. */
function onceEach(make: (permission: Permission) => Promise<Caller>) {
  const made = new Map<Permission, Promise<Caller>>();
  return (permission: Permission): Promise<Caller> => {
    const caller = made.get(permission) ?? make(permission);
    made.set(permission, caller);
    return caller;
  };
}

const but = (permission: Permission) => TOKEN_PERMISSIONS.filter((each) => each !== permission);

/** Everybody who calls an endpoint of the tenant `own`, as it stands beside `other`. */
export async function allCallers(plane: ControlPlane, own: TenantObjects, other: TenantObjects) {
  const members = {} as Record<MemberRole, { browser: Caller; token: Caller }>;
  for (const role of ROLES) {
    const member = role === "owner" ? own.actor : await plane.member(own.actor, role);
    members[role] = { browser: await session(member), token: await token(member) };
  }
  return {
    members,
    nobodies: await nobodies(plane, own.actor),
    strangers: await strangers(plane, own.actor, other.actor),
    operators: await operators(plane, own.actor),
    /** A token of the owner that is bound to `own`. */
    bound: await token(own.actor, { tenantId: own.actor.tenant.id }),
    /** A token of the owner that may do everything that tokens can be limited to, but this. */
    lacking: onceEach((permission) => token(own.actor, { permissions: but(permission) })),
    /** A service token with exactly this permission. */
    service: onceEach((permission) => service(own.actor, [permission])),
    /** A service token with all that there are but this. */
    serviceLacking: onceEach((permission) => service(own.actor, but(permission))),
  };
}

export type Callers = Awaited<ReturnType<typeof allCallers>>;
