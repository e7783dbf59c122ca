import { z } from "zod";
import { decodeCursor, toPage } from "#lib/api/page.ts";
import { defineQuery } from "#lib/command/define.ts";
import type { AuthorizedRequest } from "#lib/contract/authorized-requests.ts";
import type { Prisma } from "#lib/db/client.ts";
import { claimStatus } from "./rules.ts";
import type { Claim, ClaimStatus } from "./schema.ts";

export type ClaimRow = Prisma.ClaimLinkGetPayload<object>;

/** What may be shown of a stored link. */
export function toClaim(row: Omit<ClaimRow, "secretHash" | "tenantId" | "createdBy">): Claim {
  const time = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id: row.id,
    status: claimStatus(row, new Date()),
    keyName: row.keyName,
    keyDescription: row.keyDescription,
    authorizedRequests: row.authorizedRequests as AuthorizedRequest[] | null,
    keyExpiresAt: time(row.keyExpiresAt),
    note: row.note,
    rotates: row.rotates,
    graceSeconds: row.graceSeconds,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdByLabel,
    expiresAt: row.expiresAt.toISOString(),
    openedAt: time(row.openedAt),
    revealedAt: time(row.revealedAt),
    apiKeyId: row.apiKeyId,
    cancelledAt: time(row.cancelledAt),
    cancelledBy: row.cancelledByLabel,
  };
}

/** The condition that `claimStatus` expresses, for the database; `now` stands in for the clock. */
function statusIs(status: ClaimStatus, now: Date): Prisma.ClaimLinkWhereInput {
  const over = { OR: [{ expiresAt: { lte: now } }, { keyExpiresAt: { lte: now } }] };
  // Not simply NOT over: a key without an expiry compares as unknown, which is neither.
  const alive: Prisma.ClaimLinkWhereInput = {
    expiresAt: { gt: now },
    OR: [{ keyExpiresAt: null }, { keyExpiresAt: { gt: now } }],
  };
  const undecided = { revealedAt: null, cancelledAt: null };
  switch (status) {
    case "revealed":
      return { revealedAt: { not: null } };
    case "cancelled":
      return { cancelledAt: { not: null } };
    case "expired":
      return { ...undecided, ...over };
    case "opened":
      return { ...undecided, openedAt: { not: null }, ...alive };
    case "waiting":
      return { ...undecided, openedAt: null, ...alive };
  }
}

type ListInput = {
  status?: ClaimStatus | undefined;
  rotates?: string | undefined;
  limit: number;
  cursor?: string | undefined;
};

/** One page of claim links, newest first. */
export const listClaims = defineQuery("tenant.read", async ({ tx, actor }, input: ListInput) => {
  const after = decodeCursor(input.cursor, [z.iso.datetime(), z.uuid()]);
  const conditions: Prisma.ClaimLinkWhereInput[] = [{ tenantId: actor.tenant.id }];
  if (input.status) conditions.push(statusIs(input.status, new Date()));
  if (input.rotates) conditions.push({ rotates: input.rotates });
  if (after) {
    const [createdAt, id] = [new Date(after[0]), after[1]];
    conditions.push({ OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] });
  }
  const rows = await tx.claimLink.findMany({
    where: { AND: conditions },
    omit: { secretHash: true },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: input.limit + 1,
  });
  return toPage(rows, input.limit, (row) => [row.createdAt.toISOString(), row.id], toClaim);
});
