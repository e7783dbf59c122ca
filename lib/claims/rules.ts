import type { ClaimStatus } from "./schema.ts";

export type ClaimDates = {
  expiresAt: Date;
  keyExpiresAt: Date | null;
  openedAt: Date | null;
  revealedAt: Date | null;
  cancelledAt: Date | null;
};

/** What a link is at `now`. One whose key would be expired from the start is expired itself. */
export function claimStatus(claim: ClaimDates, now: Date): ClaimStatus {
  if (claim.revealedAt) return "revealed";
  if (claim.cancelledAt) return "cancelled";
  if (claim.expiresAt <= now || (claim.keyExpiresAt && claim.keyExpiresAt <= now)) return "expired";
  return claim.openedAt ? "opened" : "waiting";
}

/** Whether a partner can still make the key. */
export const isAlive = (status: ClaimStatus): boolean => status === "waiting" || status === "opened";

/** Why a link cannot be cancelled; null when it can. */
export function whyNotCancel(status: ClaimStatus): string | null {
  switch (status) {
    case "revealed":
      return "The key has been revealed already; revoke the key instead.";
    case "cancelled":
      return "This link is cancelled already.";
    case "expired":
      return "This link has expired; nobody can use it.";
    default:
      return null;
  }
}
