import { randomBytes, randomUUID } from "node:crypto";
import type { PersonActor, TenantActor, TenantPerson } from "#lib/access/actor.ts";
import type { MemberRole } from "#lib/access/permissions.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { closeDatabase } from "#lib/db/client.ts";
import { withTenant } from "#lib/db/scope.ts";
import { createUser } from "#lib/sign-in/commands.ts";
import { createTenant } from "#lib/tenants/commands.ts";
import { enterTenant } from "#lib/tenants/queries.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";
import { type TestDatabase, testDatabase } from "./database.ts";

const CONSOLE_URL = "http://127.0.0.1:3000";

/** The control plane's commands and queries in this process, on a database of the test's own. */
export type ControlPlane = {
  database: TestDatabase;
  /** Somebody who is signed in and belongs to no tenant yet. */
  person(): Promise<PersonActor>;
  /** An operator of the installation: a member of nothing. */
  operator(): Promise<PersonActor>;
  /** A new tenant, and its owner inside it. */
  tenant(slug: string): Promise<{ owner: PersonActor; actor: TenantPerson }>;
  /** A new member of the tenant with that role. */
  member(of: TenantActor, role: MemberRole): Promise<TenantPerson>;
  close(): Promise<void>;
};

/** Starts it. One per test file: the process has one database pool. */
export async function controlPlane(): Promise<ControlPlane> {
  const database = await testDatabase();
  process.env.CONSOLE_DATABASE_URL = database.consoleUrl;
  process.env.GATEHOUSE_SECRET = randomUUID() + randomUUID();
  process.env.GATEHOUSE_ENCRYPTION_KEY = randomBytes(32).toString("base64");
  process.env.CONSOLE_URL = CONSOLE_URL;
  // A test asks in seconds what people ask in an hour.
  for (const kind of ["READS", "CHANGES", "OPEN", "FAILURES"]) {
    process.env[`API_${kind}_PER_MINUTE`] ??= "1000000";
  }

  async function person(isOperator = false): Promise<PersonActor> {
    const id = uuidv7();
    const email = `${id}@people.example`;
    const userId = await createUser({ email, name: "Somebody", password: id, isOperator });
    return {
      userId,
      email,
      name: "Somebody",
      isOperator,
      proof: sessionProof(),
      requestId: uuidv7(),
      ip: "127.0.0.1",
    };
  }

  return {
    database,
    person: () => person(),
    operator: () => person(true),
    async tenant(slug) {
      const owner = await person();
      await createTenant(owner, { slug, name: slug });
      return { owner, actor: await enterTenant(owner, slug) };
    },
    async member(of, role) {
      const actor = await person();
      await withTenant(of, (tx) =>
        tx.membership.createMany({ data: [{ tenantId: of.tenant.id, userId: actor.userId, role }] }),
      );
      return enterTenant(actor, of.tenant.slug);
    },
    async close() {
      await closeDatabase();
      await database.close();
    },
  };
}
