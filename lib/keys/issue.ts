import { createHash, randomBytes } from "node:crypto";
import type { AuthorizedRequest } from "#lib/contract/authorized-requests.ts";
import { displayParts, formatCredential } from "#lib/contract/credential.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { Prisma, type Transaction } from "#lib/db/client.ts";
import { conflict } from "#lib/errors/domain-error.ts";
import { toApiKey } from "./queries.ts";
import { graceEnd, whyNotRotate } from "./rules.ts";
import type { ApiKey, MintedKey } from "./schema.ts";

export const include = { usage: true } as const;
export type StoredKey = Prisma.ApiKeyGetPayload<{ include: typeof include }>;
export const view = ({ usage, ...row }: StoredKey): ApiKey =>
  toApiKey({ ...row, lastUsedAt: usage?.lastUsedAt ?? null });

/** What a new key is made from; `createdBy` is null for one that a partner made from a claim link. */
export type NewKeyFacts = {
  tenantId: string;
  name: string;
  description: string;
  authorizedRequests: AuthorizedRequest[] | null;
  expiresAt: Date | null;
  createdBy: string | null;
  createdByLabel: string;
  succeeds?: readonly string[];
};

/**
 * Makes a key inside the caller's transaction. The secret is in what this returns and nowhere else: only its
 * SHA-256, its first and its last four characters are stored.
 */
export async function issueKey(tx: Transaction, facts: NewKeyFacts): Promise<MintedKey> {
  const key = formatCredential("apiKey", randomBytes(32));
  const { authorizedRequests, succeeds = [], ...columns } = facts;
  const row = await tx.apiKey.create({
    data: {
      ...columns,
      id: uuidv7(),
      keyHash: createHash("sha256").update(key).digest(),
      ...displayParts("apiKey", key),
      authorizedRequests: authorizedRequests ?? Prisma.DbNull,
      succeeds: [...succeeds],
    },
    include,
  });
  return { ...view(row), key };
}

/** Locks a key and reads it; null when the tenant has no such key. */
export async function lockKey(tx: Transaction, tenantId: string, id: string): Promise<StoredKey | null> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM api_keys WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`;
  if (locked.length === 0) return null;
  return tx.apiKey.findFirst({ where: { tenantId, id }, include });
}

/**
 * Replaces a locked key: makes its successor with the same name, rights and expiry, and lets the old one work on
 * for `graceSeconds`, but never longer than it would have. Throws `conflict` when it cannot be replaced.
 */
export async function replaceKey(
  tx: Transaction,
  old: StoredKey,
  by: { graceSeconds: number; createdBy: string | null; createdByLabel: string },
): Promise<MintedKey> {
  const now = new Date();
  const refusal = whyNotRotate(view(old));
  if (refusal) throw conflict(refusal);
  const minted = await issueKey(tx, {
    tenantId: old.tenantId,
    name: old.name,
    description: old.description,
    authorizedRequests: old.authorizedRequests as AuthorizedRequest[] | null,
    expiresAt: old.expiresAt,
    createdBy: by.createdBy,
    createdByLabel: by.createdByLabel,
    succeeds: [...old.succeeds, old.id],
  });
  await tx.apiKey.updateMany({
    where: { tenantId: old.tenantId, id: old.id },
    data: {
      rotatedAt: now,
      rotatedTo: minted.id,
      graceEndsAt: graceEnd(now, by.graceSeconds, old.expiresAt),
      version: { increment: 1 },
    },
  });
  return minted;
}
