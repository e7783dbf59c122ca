import { z } from "zod";
import type { PersonActor } from "#lib/access/actor.ts";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import { withUser } from "#lib/db/scope.ts";
import type { AccessToken } from "./schema.ts";

export type TokenRow = {
  id: string;
  name: string;
  lastFour: string;
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

/** What may be shown of a stored token. */
export function toAccessToken(row: TokenRow): AccessToken {
  const status = row.revokedAt ? "revoked" : row.expiresAt <= new Date() ? "expired" : "active";
  return {
    id: row.id,
    name: row.name,
    lastFour: row.lastFour,
    status,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}

type ListInput = { tenantId: string | null; limit: number; cursor?: string | undefined };

/** One page of the person's own tokens, newest first: those of one tenant, or (null) those bound to none. */
export async function listTokens(actor: PersonActor, input: ListInput): Promise<Page<AccessToken>> {
  const after = decodeCursor(input.cursor, [z.uuid()]);
  const rows = await withUser(actor.userId, (tx) =>
    tx.accessToken.findMany({
      where: {
        userId: actor.userId,
        tenantId: input.tenantId,
        ...(after ? { id: { lt: after[0] } } : {}),
      },
      omit: { tokenHash: true },
      orderBy: { id: "desc" },
      take: input.limit + 1,
    }),
  );
  return toPage(rows, input.limit, (row) => [row.id], toAccessToken);
}
