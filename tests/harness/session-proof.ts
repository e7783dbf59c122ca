import type { SessionProof } from "#lib/access/actor.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";

/** The proof of somebody who has just signed in with a password, or with what `differently` says. */
export const sessionProof = (differently: Partial<SessionProof> = {}): SessionProof => ({
  type: "session",
  sessionId: uuidv7(),
  method: "password",
  provider: null,
  secondFactor: null,
  confirmedAt: new Date(),
  ...differently,
});
