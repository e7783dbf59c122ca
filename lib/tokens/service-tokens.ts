import { actorLabel, type TenantActor } from "#lib/access/actor.ts";
import { assertInPerson } from "#lib/access/authorize.ts";
import { assertConfirmed } from "#lib/access/confirmation.ts";
import { type CommandContext, defineCommand } from "#lib/command/define.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { toServiceToken } from "./queries.ts";
import { isTokenPermission, whyNotGive } from "./rules.ts";
import type { MintedServiceToken, NewServiceToken, RotateToken } from "./schema.ts";
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

const ownerOf = (actor: TenantActor) => ({ userId: null, tenantId: actor.tenant.id });

/** Throws `forbidden` unless the person, as they stand now, holds everything that the token does. */
async function assertHolds({ tx, actor }: CommandContext, permissions: readonly string[]): Promise<string> {
  assertInPerson(actor);
  assertConfirmed(actor);
  const role = await heldRole(tx, actor.tenant.id, actor.userId);
  const refusal = whyNotGive(role, permissions.filter(isTokenPermission));
  if (refusal) throw new DomainError("forbidden", refusal);
  return actor.userId;
}

/**
 * Makes a token that is the tenant's own: it outlives its maker's membership. The secret is in what this returns and
 * nowhere else. Throws `forbidden` for a permission that its maker does not hold; `confirmation_required`; `conflict`.
 */
export const mintServiceToken = defineCommand(
  "token.manage",
  async (context, input: NewServiceToken): Promise<MintedServiceToken> => {
    const { tx, actor } = context;
    const createdBy = await assertHolds(context, input.permissions);
    await assertRoom(tx, ownerOf(actor));
    const now = Date.now();
    const { token, tokenHash, lastFour } = newSecret();
    const row = {
      id: uuidv7(),
      ...ownerOf(actor),
      name: input.name,
      lastFour,
      permissions: [...input.permissions],
      createdAt: new Date(now),
      expiresAt: daysFrom(now, input.expiresInDays),
      createdBy,
      createdByLabel: actorLabel(actor),
    };
    await tx.accessToken.createMany({ data: [{ ...row, tokenHash }] });
    await context.audit({
      action: "token.mint",
      targetType: "token",
      targetId: row.id,
      after: {
        name: row.name,
        service: true,
        permissions: row.permissions,
        expiresAt: row.expiresAt.toISOString(),
      },
    });
    return { ...toServiceToken({ ...UNUSED, ...row }), token };
  },
);

/** Ends a service token from the next request on. Throws `not_found`. */
export const revokeServiceToken = defineCommand(
  "token.manage",
  async ({ tx, actor, audit }, { id }: { id: string }): Promise<void> => {
    assertInPerson(actor);
    const { name } = await endToken(tx, ownerOf(actor), { id, by: actorLabel(actor) });
    await audit({
      action: "token.revoke",
      targetType: "token",
      targetId: id,
      before: { name, service: true },
    });
  },
);

/**
 * Gives a service token a new secret; the one before works on for the grace. Whoever does it sees the secret, so they
 * must hold what the token does. Throws `not_found`, `forbidden`, `confirmation_required` or `conflict`.
 */
export const rotateServiceToken = defineCommand(
  "token.manage",
  async (context, input: { id: string } & RotateToken): Promise<MintedServiceToken> => {
    const { tx, actor } = context;
    const held = await holdToken(tx, ownerOf(actor), input.id);
    await assertHolds(context, held.permissions);
    const { row, token } = await replaceSecret(tx, held, input);
    await context.audit({
      action: "token.rotate",
      targetType: "token",
      targetId: input.id,
      after: {
        name: row.name,
        service: true,
        graceHours: input.graceHours,
        expiresAt: row.expiresAt.toISOString(),
      },
    });
    return { ...toServiceToken(row), token };
  },
);
