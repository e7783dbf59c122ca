import { createHash, randomBytes } from "node:crypto";
import type { PersonActor } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/audit.ts";
import { formatCredential } from "#lib/contract/credential.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Transaction } from "#lib/db/client.ts";
import { withNewTenant, withUser } from "#lib/db/scope.ts";
import { notFound } from "#lib/errors/domain-error.ts";
import { toAccessToken } from "./queries.ts";
import type { MintedToken } from "./schema.ts";

const DAY_MS = 86_400_000;

/** A tenant's own tokens are written under that tenant, so that its audit log tells of them. */
function inScope<T>(
  actor: PersonActor,
  tenantId: string | null,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return tenantId === null ? withUser(actor.userId, work) : withNewTenant(tenantId, actor.userId, work);
}

type MintInput = { name: string; expiresInDays: number; tenantId: string | null };

/** Makes an access token with the person's own rights. The secret is in what this returns and nowhere else. */
export async function mintToken(actor: PersonActor, input: MintInput): Promise<MintedToken> {
  const token = formatCredential("accessToken", randomBytes(32));
  const now = Date.now();
  const row = {
    id: uuidv7(),
    userId: actor.userId,
    tenantId: input.tenantId,
    name: input.name,
    tokenHash: createHash("sha256").update(token).digest(),
    lastFour: token.slice(-4),
    createdAt: new Date(now),
    expiresAt: new Date(now + input.expiresInDays * DAY_MS),
    lastUsedAt: null,
    revokedAt: null,
    provider: actor.proof.type === "session" ? actor.proof.provider : null,
  };
  await inScope(actor, input.tenantId, async (tx) => {
    await tx.accessToken.createMany({ data: [row] });
    if (input.tenantId !== null) {
      await writeAudit(tx, actor, input.tenantId, {
        action: "token.mint",
        targetType: "token",
        targetId: row.id,
        after: { name: row.name, expiresAt: row.expiresAt.toISOString() },
      });
    }
  });
  return { ...toAccessToken(row), token };
}

/** Ends one of the person's own tokens from the next request on. Throws `not_found`. */
export async function revokeToken(
  actor: PersonActor,
  input: { id: string; tenantId: string | null },
): Promise<void> {
  await inScope(actor, input.tenantId, async (tx) => {
    const { count } = await tx.accessToken.updateMany({
      where: { id: input.id, userId: actor.userId, tenantId: input.tenantId, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    if (count === 0) throw notFound("access token");
    if (input.tenantId !== null) {
      await writeAudit(tx, actor, input.tenantId, {
        action: "token.revoke",
        targetType: "token",
        targetId: input.id,
      });
    }
  });
}
