import { randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PersonActor, TenantActor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permissions.ts";
import { type RouteFieldsInput, routeFieldsSchema } from "#lib/contract/route.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { closeDatabase } from "#lib/db/client.ts";
import { withTenant } from "#lib/db/scope.ts";
import { mintKey } from "#lib/keys/commands.ts";
import { publish } from "#lib/publishing/commands.ts";
import { getChanges } from "#lib/publishing/queries.ts";
import { createRoute, deleteRoute } from "#lib/routes/commands.ts";
import { listRoutes } from "#lib/routes/queries.ts";
import { createUser } from "#lib/sign-in/commands.ts";
import { createTenant } from "#lib/tenants/commands.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import { runDemoJobs } from "./demo-jobs.ts";
import { acmeRoutes, acmeUnpublished, globexRoutes } from "./demo-routes.ts";

export type DemoUser = { email: string; password: string; token: string };
export type DemoFile = {
  console: string;
  gateway: string;
  operator: DemoUser;
  tenants: Record<
    string,
    { users: Partial<Record<Role, DemoUser>>; apiKeys?: Record<string, { id: string; key: string }> }
  >;
};

type Seeded = { actor: PersonActor; user: DemoUser };

/** Makes, or on a second try takes over, one person with a fresh password and a fresh access token. */
async function seedPerson(email: string, name: string, isOperator = false): Promise<Seeded> {
  const password = randomBytes(15).toString("base64url");
  const userId = await createUser({ email, name, password, isOperator });
  const actor: PersonActor = {
    userId,
    email,
    name,
    isOperator,
    proof: {
      type: "session",
      sessionId: uuidv7(),
      method: "password",
      provider: null,
      secondFactor: null,
      confirmedAt: new Date(),
    },
    requestId: uuidv7(),
    ip: "",
  };
  const { token } = await mintToken(actor, { name: "Demo", expiresInDays: 365, tenantId: null });
  return { actor, user: { email, password, token } };
}

async function seedTenant(owner: PersonActor, slug: string, name: string): Promise<TenantActor> {
  try {
    return await enterTenant(owner, slug);
  } catch {
    await createTenant(owner, { slug, name });
    return enterTenant(owner, slug);
  }
}

async function seedMember(tenant: TenantActor, userId: string, role: Role): Promise<void> {
  await withTenant(tenant, (tx) =>
    tx.membership.createMany({
      data: [{ tenantId: tenant.tenant.id, userId, role }],
      skipDuplicates: true,
    }),
  );
}

/**
 * Gives a tenant its routes unless it has published some already; a draft that an interrupted first try left behind
 * is begun anew. Says whether it did, so that a second run adds nothing to a tenant that is in use.
 */
async function seedRoutes(tenant: TenantActor, routes: readonly RouteFieldsInput[]): Promise<boolean> {
  if ((await getChanges(tenant, undefined)).liveRevision !== null) return false;
  const { data: left } = await listRoutes(tenant, { limit: 100 });
  for (const route of left) await deleteRoute(tenant, { id: route.id });
  for (const route of routes) await createRoute(tenant, routeFieldsSchema.parse(route));
  const { draftVersion } = await getChanges(tenant, undefined);
  await publish(tenant, { draftVersion, note: "First routes" });
  return true;
}

/** Readable by its user only, and whole or not there at all: its presence is what ends the first run. */
async function writeDemoFile(dataDir: string, demo: DemoFile): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, "demo.json");
  await writeFile(`${path}.new`, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

export type SeedOptions = { consoleUrl: string; gatewayUrl: string; dataDir: string };

/**
 * Fills an empty installation with two tenants that make every page worth looking at, through the same commands
 * that the console uses, and with jobs that really ran: the gateway must be up, a worker should be. Safe to run
 * again after it was interrupted. Writes `demo.json` last.
 */
export async function seedDemo({ consoleUrl, gatewayUrl, dataDir }: SeedOptions): Promise<void> {
  try {
    const operator = await seedPerson("operator@gatehouse.example", "Olga Operator", true);
    const owner = await seedPerson("owner@acme.example", "Ada Owner");
    const acme = await seedTenant(owner.actor, "acme", "Acme Corporation");
    const users: Partial<Record<Role, DemoUser>> = { owner: owner.user };
    for (const [role, name] of [
      ["admin", "Adrian Admin"],
      ["developer", "Dana Developer"],
      ["support", "Sam Support"],
      ["viewer", "Vera Viewer"],
    ] as const) {
      const person = await seedPerson(`${role}@acme.example`, name);
      await seedMember(acme, person.actor.userId, role);
      users[role] = person.user;
    }
    const partner = await mintKey(acme, {
      name: "Partner: Initech",
      description: "Reads users and starts exports.",
      authorizedRequests: null,
      expiresAt: null,
    });
    await mintKey(acme, {
      name: "Status page",
      description: "May only read one address, and only for a while.",
      authorizedRequests: [{ method: "GET", path: "/v1/jobs/:jobId", queryParameters: {} }],
      expiresAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
    });
    if (await seedRoutes(acme, acmeRoutes(partner.id))) {
      await createRoute(acme, routeFieldsSchema.parse(acmeUnpublished));
      await runDemoJobs(`${gatewayUrl}/gw/acme`, partner.key);
    }

    const globexOwner = await seedPerson("owner@globex.example", "Greta Globex");
    const globex = await seedTenant(globexOwner.actor, "globex", "Globex");
    await seedRoutes(globex, globexRoutes);

    await writeDemoFile(dataDir, {
      console: consoleUrl,
      gateway: gatewayUrl,
      operator: operator.user,
      tenants: {
        acme: { users, apiKeys: { partner: { id: partner.id, key: partner.key } } },
        globex: { users: { owner: globexOwner.user } },
      },
    });
  } finally {
    await closeDatabase();
  }
}
