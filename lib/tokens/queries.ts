import { z } from "zod";
import type { PersonActor } from "#lib/access/actor.ts";
import { decodeCursor, type Page, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import { withUser } from "#lib/db/scope.ts";
import { isTokenPermission, tokenStatus } from "./rules.ts";
import type { AccessToken, ServiceToken } from "./schema.ts";

export type TokenRow = {
  id: string;
  name: string;
  lastFour: string;
  permissions: string[];
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  lastUsedIp: string;
  revokedAt: Date | null;
  revokedByLabel: string | null;
  createdByLabel: string;
  previousLastFour: string | null;
  previousExpiresAt: Date | null;
  previousLastUsedAt: Date | null;
};

/** How the column says "everything that its person may do". */
export const EVERYTHING = "*";

function previousOf(row: TokenRow, active: boolean): AccessToken["previous"] {
  const { previousLastFour: lastFour, previousExpiresAt: until } = row;
  if (!active || lastFour === null || until === null || until <= new Date()) return null;
  return {
    lastFour,
    worksUntil: until.toISOString(),
    lastUsedAt: row.previousLastUsedAt?.toISOString() ?? null,
  };
}

/** What may be shown of a stored token. */
export function toAccessToken(row: TokenRow): AccessToken {
  const status = tokenStatus(row, new Date());
  return {
    id: row.id,
    name: row.name,
    lastFour: row.lastFour,
    status,
    permissions: row.permissions.includes(EVERYTHING) ? null : row.permissions.filter(isTokenPermission),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    lastUsedFrom: row.lastUsedIp || null,
    previous: previousOf(row, status === "active"),
  };
}

/** The same of a service token, with who made it. */
export const toServiceToken = (row: TokenRow): ServiceToken => ({
  ...toAccessToken(row),
  permissions: row.permissions.filter(isTokenPermission),
  madeBy: row.createdByLabel,
  revokedBy: row.revokedByLabel,
});

const WITHOUT_SECRETS = { tokenHash: true, previousHash: true } as const;

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
      omit: WITHOUT_SECRETS,
      orderBy: { id: "desc" },
      take: input.limit + 1,
    }),
  );
  return toPage(rows, input.limit, (row) => [row.id], toAccessToken);
}

/** One page of the tenant's service tokens, newest first. */
export const listServiceTokens = defineQuery(
  "token.manage",
  async (
    { tx, actor },
    input: { limit: number; cursor?: string | undefined },
  ): Promise<Page<ServiceToken>> => {
    const after = decodeCursor(input.cursor, [z.uuid()]);
    const rows = await tx.accessToken.findMany({
      where: { userId: null, tenantId: actor.tenant.id, ...(after ? { id: { lt: after[0] } } : {}) },
      omit: WITHOUT_SECRETS,
      orderBy: { id: "desc" },
      take: input.limit + 1,
    });
    return toPage(rows, input.limit, (row) => [row.id], toServiceToken);
  },
);
