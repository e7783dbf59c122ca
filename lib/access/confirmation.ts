import { DomainError } from "#lib/errors/domain-error.ts";
import type { Actor } from "./actor.ts";

/** How long a proof that it is them lets a person do what is dangerous, in milliseconds. */
export const CONFIRMATION_MS = 15 * 60_000;

/**
 * Throws `confirmation_required` (403) unless the person proved who they are in this browser within the last quarter
 * of an hour, so that a browser left open, or a cookie that was stolen, is not enough for what cannot be taken back.
 * Access tokens cannot prove anything again: whether they may is their permissions' matter.
 */
export function assertConfirmed({ proof }: Actor): void {
  if (proof.type !== "session") return;
  if (Date.now() - proof.confirmedAt.getTime() <= CONFIRMATION_MS) return;
  throw new DomainError("confirmation_required", "Confirm that it is you, then do this again.");
}
