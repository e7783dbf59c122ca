import type pg from "pg";
import type { TenantPerson } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permissions.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { sessionProof } from "#tests/harness/session-proof.ts";

/** Somebody with this role in a tenant, for commands and queries called in this process. */
export async function personOf(
  superuser: pg.Pool,
  tenantId: string,
  slug: string,
  role: Role,
): Promise<TenantPerson> {
  const userId = uuidv7();
  const email = `${userId}@example.com`;
  await superuser.query("INSERT INTO users (id, email, name) VALUES ($1, $2, 'Someone')", [userId, email]);
  return {
    userId,
    email,
    name: "Someone",
    isOperator: false,
    proof: sessionProof(),
    requestId: uuidv7(),
    ip: "",
    tenant: { id: tenantId, slug, name: slug, role },
  };
}
