import { actorLabel } from "#lib/access/actor.ts";
import { defineCommand } from "#lib/command/define.ts";
import { conflict, notFound, staleVersion } from "#lib/errors/domain-error.ts";
import { include, issueKey, lockKey, replaceKey, view } from "./issue.ts";
import { graceEnd, keyStatus, whyNotChangeGrace, whyNotRevoke } from "./rules.ts";
import type { ApiKey, MintedKey, NewKey } from "./schema.ts";

export { revokeKeys } from "./bulk-revoke.ts";
export { issueKey, lockKey, replaceKey } from "./issue.ts";

/** Makes a key; the answer is the only place that holds it. Neither the audit entry nor any log sees the secret. */
export const mintKey = defineCommand(
  "key.manage",
  async ({ tx, actor, audit, notify }, input: NewKey): Promise<MintedKey> => {
    const minted = await issueKey(tx, {
      ...input,
      tenantId: actor.tenant.id,
      expiresAt: input.expiresAt === null ? null : new Date(input.expiresAt),
      createdBy: actor.userId,
      createdByLabel: actorLabel(actor),
    });
    await audit({
      action: "key.mint",
      targetType: "key",
      targetId: minted.id,
      after: { name: input.name, expiresAt: input.expiresAt, authorizedRequests: input.authorizedRequests },
    });
    await notify("changed");
    return minted;
  },
);

/**
 * Replaces a key by a new one with the same rights, which this answer holds and no other; the old one works on for
 * the grace period. Throws `not_found`, or `conflict` for a key that is revoked, expired or replaced already.
 */
export const rotateKey = defineCommand(
  "key.manage",
  async ({ tx, actor, audit, notify }, input: { id: string; graceSeconds: number }): Promise<MintedKey> => {
    const old = await lockKey(tx, actor.tenant.id, input.id);
    if (!old) throw notFound("key");
    const by = {
      graceSeconds: input.graceSeconds,
      createdBy: actor.userId,
      createdByLabel: actorLabel(actor),
    };
    const minted = await replaceKey(tx, old, by);
    await audit({
      action: "key.rotate",
      targetType: "key",
      targetId: old.id,
      before: { name: old.name, lastFour: old.lastFour },
      after: { rotatedTo: minted.id, graceSeconds: input.graceSeconds },
    });
    await notify("changed");
    return minted;
  },
);

/** Extends or cuts off a replaced key's grace; never beyond its own expiry. Throws `not_found`, `conflict`. */
export const changeGrace = defineCommand(
  "key.manage",
  async ({ tx, actor, audit, notify }, input: { id: string; graceSeconds: number }): Promise<ApiKey> => {
    const key = await lockKey(tx, actor.tenant.id, input.id);
    if (!key) throw notFound("key");
    const refusal = whyNotChangeGrace(view(key));
    if (refusal) throw conflict(refusal);
    const graceEndsAt = graceEnd(new Date(), input.graceSeconds, key.expiresAt);
    await tx.apiKey.updateMany({
      where: { tenantId: actor.tenant.id, id: key.id },
      data: { graceEndsAt, version: { increment: 1 } },
    });
    await audit({
      action: "key.grace",
      targetType: "key",
      targetId: key.id,
      before: { graceEndsAt: key.graceEndsAt?.toISOString() ?? null },
      after: { graceEndsAt: graceEndsAt.toISOString() },
    });
    await notify("changed");
    return view({ ...key, graceEndsAt, version: key.version + 1 });
  },
);

type EditInput = {
  id: string;
  version: number;
  name?: string | undefined;
  description?: string | undefined;
};

/** Renames or redescribes a key. Throws `not_found`, or `conflict` when `version` is not the current one. */
export const editKey = defineCommand("key.manage", async ({ tx, actor, audit }, input: EditInput) => {
  const where = { id: input.id, tenantId: actor.tenant.id };
  const current = await tx.apiKey.findFirst({ where, include });
  if (!current) throw notFound("key");
  if (current.version !== input.version) throw staleVersion(current.version);
  const before = { name: current.name, description: current.description };
  const after = { name: input.name ?? before.name, description: input.description ?? before.description };
  if (before.name === after.name && before.description === after.description) return view(current);
  const { count } = await tx.apiKey.updateMany({
    where: { ...where, version: input.version },
    data: { ...after, version: { increment: 1 } },
  });
  if (count === 0) throw staleVersion(input.version + 1);
  await audit({ action: "key.edit", targetType: "key", targetId: input.id, before, after });
  return view({ ...current, ...after, version: current.version + 1 });
});

/** Ends a key for good; every gateway refuses it from its next look at the changes. Cannot be undone. */
export const revokeKey = defineCommand(
  "key.manage",
  async ({ tx, actor, audit, notify }, input: { id: string; reason: string }) => {
    const where = { id: input.id, tenantId: actor.tenant.id };
    const current = await tx.apiKey.findFirst({ where, include });
    if (!current) throw notFound("key");
    const refusal = whyNotRevoke(keyStatus(current, new Date()));
    if (refusal) throw conflict(refusal);
    const revoked = {
      revokedAt: new Date(),
      revokedByLabel: actorLabel(actor),
      version: current.version + 1,
    };
    const { count } = await tx.apiKey.updateMany({ where: { ...where, revokedAt: null }, data: revoked });
    if (count === 0) throw conflict("This key is revoked already.");
    await audit({
      action: "key.revoke",
      targetType: "key",
      targetId: input.id,
      before: { name: current.name, lastFour: current.lastFour },
      ...(input.reason ? { reason: input.reason } : {}),
    });
    await notify("changed");
    return view({ ...current, ...revoked });
  },
);
