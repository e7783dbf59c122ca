import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { database } from "#lib/db/client.ts";
import { env } from "#lib/env.ts";

/** What a passkey is asked for; an answer to one is no answer to another. */
export type ChallengePurpose = "register" | "sign-in" | "second-factor" | "confirm";

/** How long a person has for the browser's dialog. */
export const CHALLENGE_MS = 5 * 60_000;

const RANDOM_BYTES = 16;
const EXPIRY_BYTES = 6;
const MAC_BYTES = 32;

function macOf(head: Uint8Array, purpose: ChallengePurpose, boundTo: string): Buffer {
  const key = createHmac("sha256", env.secret).update("gatehouse passkey challenge").digest();
  return createHmac("sha256", key).update(`${purpose}\0${boundTo}\0`).update(head).digest();
}

/**
 * A challenge for a passkey to sign, good for five minutes, for one purpose and for whatever it is bound to: a session,
 * or a browser that has none yet. It carries its own proof, so asking for one writes nothing anywhere.
 */
export function newChallenge(
  purpose: ChallengePurpose,
  boundTo: string,
  now = Date.now(),
): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(RANDOM_BYTES + EXPIRY_BYTES);
  randomBytes(RANDOM_BYTES).copy(head);
  head.writeUIntBE(now + CHALLENGE_MS, RANDOM_BYTES, EXPIRY_BYTES);
  return Uint8Array.from(Buffer.concat([head, macOf(head, purpose, boundTo)]));
}

/** Whether this console made the challenge for that, and not too long ago. */
export function isOurChallenge(
  challenge: string,
  purpose: ChallengePurpose,
  boundTo: string,
  now = Date.now(),
): boolean {
  const bytes = Buffer.from(challenge, "base64url");
  // One text for one challenge: other ones that decode to it would not be found among those that were used.
  if (bytes.toString("base64url") !== challenge) return false;
  if (bytes.length !== RANDOM_BYTES + EXPIRY_BYTES + MAC_BYTES) return false;
  const head = bytes.subarray(0, RANDOM_BYTES + EXPIRY_BYTES);
  const mac = bytes.subarray(RANDOM_BYTES + EXPIRY_BYTES);
  return (
    timingSafeEqual(mac, macOf(head, purpose, boundTo)) && head.readUIntBE(RANDOM_BYTES, EXPIRY_BYTES) > now
  );
}

/** Notes that a challenge was answered; false when it was before. Of two answers at the same moment one wins. */
export async function spendChallenge(challenge: string): Promise<boolean> {
  const hash = createHash("sha256").update(challenge).digest();
  await database().$executeRaw`DELETE FROM used_challenges WHERE expires_at < now()`;
  const noted = await database().$executeRaw`
    INSERT INTO used_challenges (challenge_hash, expires_at)
    VALUES (${hash}, now() + make_interval(secs => ${(2 * CHALLENGE_MS) / 1_000}::float8))
    ON CONFLICT DO NOTHING`;
  return noted === 1;
}
