import { createHash, randomBytes } from "node:crypto";
import { actorLabel } from "#lib/access/actor.ts";
import { defineCommand } from "#lib/command/define.ts";
import { displayParts, formatCredential } from "#lib/contract/credential.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { Prisma } from "#lib/db/client.ts";
import { conflict, notFound, staleVersion } from "#lib/errors/domain-error.ts";
import { toApiKey } from "./queries.ts";
import { keyStatus, whyNotRevoke } from "./rules.ts";
import type { ApiKey, MintedKey, NewKey } from "./schema.ts";

const include = { usage: true } as const;
type StoredKey = Prisma.ApiKeyGetPayload<{ include: typeof include }>;
const view = ({ usage, ...row }: StoredKey): ApiKey =>
  toApiKey({ ...row, lastUsedAt: usage?.lastUsedAt ?? null });

/**
 * Makes a key. The secret is in what this returns and nowhere else: only its SHA-256, its first and its last four
 * characters are stored, and neither the audit entry nor any log sees it.
 */
export const mintKey = defineCommand(
  "key.manage",
  async ({ tx, actor, audit, notify }, input: NewKey): Promise<MintedKey> => {
    const key = formatCredential("apiKey", randomBytes(32));
    const row = await tx.apiKey.create({
      data: {
        id: uuidv7(),
        tenantId: actor.tenant.id,
        name: input.name,
        description: input.description,
        keyHash: createHash("sha256").update(key).digest(),
        ...displayParts("apiKey", key),
        authorizedRequests: input.authorizedRequests ?? Prisma.DbNull,
        expiresAt: input.expiresAt,
        createdBy: actor.userId,
        createdByLabel: actorLabel(actor),
      },
      include,
    });
    await audit({
      action: "key.mint",
      targetType: "key",
      targetId: row.id,
      after: { name: input.name, expiresAt: input.expiresAt, authorizedRequests: input.authorizedRequests },
    });
    await notify("changed");
    return { ...view(row), key };
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
