import { createHash } from "node:crypto";
import { isWellFormedCredential } from "../contract/credential.ts";
import { database } from "../db/client.ts";
import { withTenantAlone, withUser } from "../db/scope.ts";
import type { Actor, TokenProof } from "./actor.ts";
import type { Permission } from "./permissions.ts";

/** "Last used" is told to the minute; writing it more often would cost a write per request. */
export const SEEN_PRECISION_MS = 60_000;

type Row = {
  id: string;
  name: string;
  tenantId: string | null;
  permissions: string[];
  provider: string | null;
  lastUsedAt: Date | null;
  /** Whether it is the secret before the last rotation that was presented. */
  previous: boolean;
  previousLastUsedAt: Date | null;
  userId: string | null;
  email: string | null;
  person: string | null;
  isOperator: boolean | null;
  hasSecondFactor: boolean | null;
  disabled: boolean;
};

/** Writes down that a token was used, under whom it is of. */
async function noteUse(row: Row, ip: string): Promise<void> {
  const seen = row.previous ? row.previousLastUsedAt : row.lastUsedAt;
  if (seen && Date.now() - seen.getTime() <= SEEN_PRECISION_MS) return;
  const now = new Date();
  const data = { lastUsedIp: ip, ...(row.previous ? { previousLastUsedAt: now } : { lastUsedAt: now }) };
  const write = (tx: Parameters<Parameters<typeof withUser>[1]>[0]) =>
    tx.accessToken.updateMany({ where: { id: row.id }, data });
  if (row.userId !== null) await withUser(row.userId, write);
  else if (row.tenantId !== null) await withTenantAlone(row.tenantId, write);
}

const proofOf = (row: Row): TokenProof => ({
  type: "token",
  tokenId: row.id,
  name: row.name,
  tenantId: row.tenantId,
  permissions: row.permissions.includes("*") ? null : (row.permissions as Permission[]),
  ...(row.userId === null
    ? {}
    : { person: { hasSecondFactor: row.hasSecondFactor === true, provider: row.provider } }),
});

/**
 * Who presents this token; null for one that was mistyped (nobody is asked about it), is unknown, has ended, or whose
 * person is disabled.
 */
export async function byToken(
  token: string,
  ip: string,
): Promise<Pick<Actor, "userId" | "email" | "name" | "isOperator" | "proof"> | null> {
  if (!isWellFormedCredential("accessToken", token)) return null;
  const hash = createHash("sha256").update(token).digest("hex");
  const [row] = await database().$queryRaw<Row[]>`
    SELECT id, name, tenant_id AS "tenantId", permissions, provider, last_used_at AS "lastUsedAt", previous,
      previous_last_used_at AS "previousLastUsedAt", user_id AS "userId", email, person,
      is_operator AS "isOperator", has_second_factor AS "hasSecondFactor", coalesce(disabled, false) AS disabled
    FROM presented_token(${hash}::text)`;
  if (!row || (row.userId !== null && (row.disabled || row.email === null))) return null;
  await noteUse(row, ip);
  return {
    userId: row.userId,
    email: row.email ?? "",
    name: row.person ?? row.name,
    isOperator: row.isOperator === true,
    proof: proofOf(row),
  };
}
