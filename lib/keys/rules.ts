import type { KeyStatus } from "./schema.ts";

/** What a key is at `now`; revoked outlasts expired. */
export function keyStatus(key: { revokedAt: Date | null; expiresAt: Date | null }, now: Date): KeyStatus {
  if (key.revokedAt) return "revoked";
  return key.expiresAt && key.expiresAt <= now ? "expired" : "active";
}

/** Why a key cannot be revoked; null when it can. The page greys the action out with the same words. */
export function whyNotRevoke(status: KeyStatus): string | null {
  return status === "revoked" ? "This key is revoked already." : null;
}
