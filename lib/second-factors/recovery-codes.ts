import { createHash, randomInt } from "node:crypto";
import type { Transaction } from "#lib/db/client.ts";
import { groupedRecoveryCode, RECOVERY_CODES } from "./rules.ts";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH = 16;

const randomCode = () => Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");

/**
 * SHA-256 is enough where passwords need argon2: 80 random bits cannot be guessed however fast the guessing is. The
 * person is hashed along, so that a stolen table cannot be tried for everybody at once.
 */
const hashOf = (userId: string, plain: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash("sha256").update(`gatehouse recovery code\0${userId}\0${plain}`).digest());

/** Replaces the person's recovery codes by a new set, which is in what this gives and nowhere else. */
export async function replaceRecoveryCodes(tx: Transaction, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, randomCode);
  await tx.recoveryCode.deleteMany({ where: { userId } });
  const createdAt = new Date();
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({ userId, codeHash: hashOf(userId, code), createdAt })),
  });
  return codes.map(groupedRecoveryCode);
}

/** A first set for somebody whose first factor this is; null when they have codes already, used ones included. */
export async function firstRecoveryCodes(tx: Transaction, userId: string): Promise<string[] | null> {
  const count = await tx.recoveryCode.count({ where: { userId } });
  return count > 0 ? null : replaceRecoveryCodes(tx, userId);
}

/** Uses a code up; false when it is none of the person's that is left. Of two at the same moment one wins. */
export async function spendRecoveryCode(tx: Transaction, userId: string, plain: string): Promise<boolean> {
  const { count } = await tx.recoveryCode.updateMany({
    where: { userId, codeHash: hashOf(userId, plain), usedAt: null },
    data: { usedAt: new Date() },
  });
  return count === 1;
}

export const recoveryCodesLeft = (tx: Transaction, userId: string): Promise<number> =>
  tx.recoveryCode.count({ where: { userId, usedAt: null } });
