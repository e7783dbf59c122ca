import type { ApiKey, KeyStatus } from "./schema.ts";

export const DAY_SECONDS = 86_400;
/** Keys that end within so many days are about to expire. */
export const SOON_DAYS = 30;
export const MAX_GRACE_SECONDS = 90 * DAY_SECONDS;

type Dates = { revokedAt: Date | null; expiresAt: Date | null; graceEndsAt: Date | null };

/** What a key is at `now`; revoked outlasts expired, and a replaced key is expired once its grace is over. */
export function keyStatus({ revokedAt, expiresAt, graceEndsAt }: Dates, now: Date): KeyStatus {
  if (revokedAt) return "revoked";
  if ((expiresAt && expiresAt <= now) || (graceEndsAt && graceEndsAt <= now)) return "expired";
  return graceEndsAt ? "rotating" : "active";
}

/** When a replaced key stops working: after the grace, or earlier when it would have expired anyway. */
export function graceEnd(now: Date, graceSeconds: number, expiresAt: Date | null): Date {
  const end = new Date(now.getTime() + graceSeconds * 1_000);
  return expiresAt && expiresAt < end ? expiresAt : end;
}

/** Why a key cannot be revoked; null when it can. The page greys the action out with the same words. */
export function whyNotRevoke(status: KeyStatus): string | null {
  return status === "revoked" ? "This key is revoked already." : null;
}

/** Why a key cannot be replaced by a new one; null when it can. */
export function whyNotRotate(key: Pick<ApiKey, "status" | "rotatedTo">): string | null {
  if (key.status === "revoked") return "This key is revoked; mint a new one instead.";
  if (key.rotatedTo) return "This key has been replaced already; rotate its successor.";
  if (key.status === "expired") return "This key has expired; mint a new one instead.";
  return null;
}

/** Why the grace of a key cannot be changed; null when it can. */
export function whyNotChangeGrace(key: Pick<ApiKey, "status">): string | null {
  if (key.status === "rotating") return null;
  return key.status === "active"
    ? "This key is not being replaced."
    : `This key is ${key.status} and stays so; mint a new one instead.`;
}

/** Whether a key works today, ends within 30 days and has not been replaced: somebody should see to it. */
export function expiresSoon({ status, expiresAt }: Pick<ApiKey, "status" | "expiresAt">, now: Date): boolean {
  return (
    status === "active" &&
    expiresAt !== null &&
    Date.parse(expiresAt) <= now.getTime() + SOON_DAYS * DAY_SECONDS * 1_000
  );
}
