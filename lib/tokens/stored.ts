import { createHash, randomBytes } from "node:crypto";
import type { Role } from "#lib/access/permissions.ts";
import { formatCredential } from "#lib/contract/credential.ts";
import type { Transaction } from "#lib/db/client.ts";
import { conflict, notFound } from "#lib/errors/domain-error.ts";
import type { TokenRow } from "./queries.ts";
import { tokenStatus, whyNotRotate } from "./rules.ts";
import type { RotateToken } from "./schema.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** So many that still work, for one person and tenant, or for one tenant: more are a script that forgot to stop. */
export const MOST_TOKENS = 200;

/** A new secret and what is stored of it. */
export function newSecret() {
  const token = formatCredential("accessToken", randomBytes(32));
  return { token, tokenHash: createHash("sha256").update(token).digest(), lastFour: token.slice(-4) };
}

export const daysFrom = (now: number, days: number) => new Date(now + days * DAY_MS);

/** Whose token it is: a person's (bound to a tenant or to none), or (null) the tenant's own. */
export type Owner = { userId: string | null; tenantId: string | null };

/** The role in the tenant, which stays what it is until the transaction ends. Throws `not_found` for no member. */
export async function heldRole(tx: Transaction, tenantId: string, userId: string): Promise<Role> {
  const [member] = await tx.$queryRaw<{ role: Role }[]>`
    SELECT role FROM memberships WHERE tenant_id = ${tenantId}::uuid AND user_id = ${userId}::uuid FOR SHARE`;
  if (!member) throw notFound("tenant");
  return member.role;
}

/** What a token is that nobody has used, replaced or ended yet. */
export const UNUSED = {
  lastUsedAt: null,
  lastUsedIp: "",
  revokedAt: null,
  revokedByLabel: null,
  createdByLabel: "",
  previousLastFour: null,
  previousExpiresAt: null,
  previousLastUsedAt: null,
} as const;

/** Throws `conflict` when the owner has as many working tokens as one may have. */
export async function assertRoom(tx: Transaction, owner: Owner): Promise<void> {
  // Of two who mint at once, the second counts what the first has made.
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended('tokens ' || ${owner.userId ?? ""} || ' ' || ${owner.tenantId ?? ""}, 0))`;
  const working = await tx.accessToken.count({
    where: { ...owner, revokedAt: null, expiresAt: { gt: new Date() } },
  });
  if (working >= MOST_TOKENS) throw conflict(`There are ${MOST_TOKENS} tokens already; revoke one first.`);
}

/** Ends a token. Throws `not_found` also for one that is revoked already. */
export async function endToken(
  tx: Transaction,
  owner: Owner,
  { id, by }: { id: string; by: string },
): Promise<{ name: string }> {
  const row = await tx.accessToken.findFirst({ where: { id, ...owner }, select: { name: true } });
  const { count } = await tx.accessToken.updateMany({
    where: { id, ...owner, revokedAt: null },
    data: { revokedAt: new Date(), revokedByLabel: by },
  });
  if (!row || count === 0) throw notFound("access token");
  return row;
}

/** Reads a token and keeps it as it is until the transaction ends. Throws `not_found`. */
export async function holdToken(tx: Transaction, owner: Owner, id: string): Promise<TokenRow> {
  await tx.$queryRaw`SELECT 1 FROM access_tokens WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.accessToken.findFirst({ where: { id, ...owner } });
  if (!row) throw notFound("access token");
  return row;
}

/**
 * Gives a held token a new secret; the one before works on for the grace. Throws `conflict` when the token has ended,
 * or while an even older secret still works: whoever rotates twice by mistake would end it unawares.
 */
export async function replaceSecret(
  tx: Transaction,
  row: TokenRow,
  { graceHours, expiresInDays }: RotateToken,
): Promise<{ row: TokenRow; token: string }> {
  const now = Date.now();
  const refusal = whyNotRotate(tokenStatus(row, new Date(now)));
  if (refusal) throw conflict(refusal);
  if (graceHours > 0 && row.previousExpiresAt && row.previousExpiresAt.getTime() > now) {
    throw conflict(
      `The secret before this one (…${row.previousLastFour}) still works. Rotate without grace to end it, or wait.`,
    );
  }
  const { token, tokenHash, lastFour } = newSecret();
  const graceEnd = Math.min(now + graceHours * HOUR_MS, row.expiresAt.getTime());
  const kept = graceHours > 0;
  const { tokenHash: oldHash } = await tx.accessToken.findUniqueOrThrow({
    where: { id: row.id },
    select: { tokenHash: true },
  });
  const changed = {
    lastFour,
    expiresAt: daysFrom(now, expiresInDays),
    rotatedAt: new Date(now),
    lastUsedAt: null,
    previousLastFour: kept ? row.lastFour : null,
    previousExpiresAt: kept ? new Date(graceEnd) : null,
    previousLastUsedAt: kept ? row.lastUsedAt : null,
  };
  await tx.accessToken.updateMany({
    where: { id: row.id },
    data: { ...changed, tokenHash, previousHash: kept ? oldHash : null },
  });
  return { row: { ...row, ...changed }, token };
}
