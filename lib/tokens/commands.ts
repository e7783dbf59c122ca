import { actorLabel, type PersonActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import type { Permission } from "#lib/access/permissions.ts";
import { type AuditRecord, writeAudit, writePersonalAudit } from "#lib/audit/audit.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import type { Transaction } from "#lib/db/client.ts";
import { withNewTenant, withUser } from "#lib/db/scope.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { EVERYTHING, toAccessToken } from "./queries.ts";
import { whyNotGive } from "./rules.ts";
import type { MintedToken, RotateToken } from "./schema.ts";
import {
  assertRoom,
  daysFrom,
  endToken,
  heldRole,
  holdToken,
  newSecret,
  replaceSecret,
  UNUSED,
} from "./stored.ts";

export { mintServiceToken, revokeServiceToken, rotateServiceToken } from "./service-tokens.ts";

/** A tenant's own tokens are written under that tenant, so that its audit log tells of them. */
function inScope<T>(
  actor: PersonActor,
  tenantId: string | null,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return tenantId === null ? withUser(actor.userId, work) : withNewTenant(tenantId, actor.userId, work);
}

/** In the tenant's log for a token that is bound to it, else in the person's own. */
const record = (tx: Transaction, actor: PersonActor, tenantId: string | null, entry: AuditRecord) =>
  tenantId === null
    ? writePersonalAudit(tx, actor.userId, actor, entry)
    : writeAudit(tx, actor, tenantId, entry);

type MintInput = {
  name: string;
  expiresInDays: number;
  tenantId: string | null;
  /** Null or left out: everything that the person may do. */
  permissions?: readonly Permission[] | null | undefined;
};

/**
 * Makes an access token with the person's own rights, or some of them. The secret is in what this returns and nowhere
 * else. Throws `forbidden` for a permission that the person does not hold in the tenant, and for anybody who is not
 * here in person; `confirmation_required`; `conflict` for one token too many.
 */
export async function mintToken(actor: PersonActor, input: MintInput): Promise<MintedToken> {
  assertInPerson(actor);
  assertConfirmed(actor);
  const { tenantId, permissions = null } = input;
  const now = Date.now();
  const { token, tokenHash, lastFour } = newSecret();
  const row = {
    id: uuidv7(),
    userId: actor.userId,
    tenantId,
    name: input.name,
    lastFour,
    permissions: permissions === null ? [EVERYTHING] : [...permissions],
    createdAt: new Date(now),
    expiresAt: daysFrom(now, input.expiresInDays),
    provider: actor.proof.type === "session" ? actor.proof.provider : null,
  };
  await inScope(actor, tenantId, async (tx) => {
    if (tenantId !== null) {
      const refusal = whyNotGive(await heldRole(tx, tenantId, actor.userId), permissions ?? []);
      if (refusal) throw new DomainError("forbidden", refusal);
    }
    await assertRoom(tx, { userId: actor.userId, tenantId });
    await tx.accessToken.createMany({ data: [{ ...row, tokenHash }] });
    await record(tx, actor, tenantId, {
      action: "token.mint",
      targetType: "token",
      targetId: row.id,
      after: { name: row.name, permissions: row.permissions, expiresAt: row.expiresAt.toISOString() },
    });
  });
  return { ...toAccessToken({ ...UNUSED, ...row }), token };
}

type Which = { id: string; tenantId: string | null };

/** Ends one of the person's own tokens from the next request on. Throws `not_found`, and `forbidden` for a token. */
export async function revokeToken(actor: PersonActor, { id, tenantId }: Which): Promise<void> {
  assertInPerson(actor);
  await inScope(actor, tenantId, async (tx) => {
    const owner = { userId: actor.userId, tenantId };
    const { name } = await endToken(tx, owner, { id, by: actorLabel(actor) });
    await record(tx, actor, tenantId, {
      action: "token.revoke",
      targetType: "token",
      targetId: id,
      before: { name },
    });
  });
}

/**
 * Gives one of the person's own tokens a new secret; the one before works on for the grace. Throws as minting and
 * revoking do, and `conflict`.
 */
export async function rotateToken(actor: PersonActor, input: Which & RotateToken): Promise<MintedToken> {
  assertInPerson(actor);
  assertConfirmed(actor);
  const { id, tenantId } = input;
  return inScope(actor, tenantId, async (tx) => {
    const held = await holdToken(tx, { userId: actor.userId, tenantId }, id);
    const { row, token } = await replaceSecret(tx, held, input);
    await record(tx, actor, tenantId, {
      action: "token.rotate",
      targetType: "token",
      targetId: id,
      after: { name: row.name, graceHours: input.graceHours, expiresAt: row.expiresAt.toISOString() },
    });
    return { ...toAccessToken(row), token };
  });
}
