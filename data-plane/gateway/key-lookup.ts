import { type KeyRow, readKey } from "#data-plane/sql/keys.ts";
import type { Queryable } from "#data-plane/sql/queryable.ts";
import type { KeyLookup } from "#lib/contract/decision.ts";
import { hashKey, type Snapshot } from "./snapshot.ts";

/** For how long a key that was never issued is not asked for again. */
export const UNKNOWN_FOR_MS = 2_000;
const MAX_REMEMBERED = 100_000;
/** More than this many questions at once and the database has better things to do than to answer guesses. */
const MAX_PENDING = 64;

/**
 * Finds keys in memory, and asks the database once for one that memory does not know: it may have been minted a
 * moment ago. A key that the database does not know either is unknown for the next 2 s.
 */
export function createKeyLookup(snapshot: Snapshot, db: Queryable, onError: (error: unknown) => void) {
  const unknownUntil = new Map<string, number>();
  const pending = new Map<string, Promise<KeyLookup>>();

  function remember(keyHash: string, now: number): void {
    if (unknownUntil.size >= MAX_REMEMBERED) unknownUntil.clear();
    unknownUntil.set(keyHash, now + UNKNOWN_FOR_MS);
  }

  async function ask(keyHash: string): Promise<KeyLookup> {
    let row: KeyRow | null;
    try {
      row = await readKey(db, Buffer.from(keyHash, "latin1").toString("base64"));
    } catch (error) {
      onError(error);
      return "unavailable";
    }
    if (row) return snapshot.applyKey(row);
    remember(keyHash, Date.now());
    return snapshot.key(keyHash) ?? "unknown";
  }

  return {
    inMemory(apiKey: string, now: number): KeyLookup {
      const keyHash = hashKey(apiKey);
      const key = snapshot.key(keyHash);
      if (key) return key;
      const until = unknownUntil.get(keyHash);
      if (until === undefined) return "unresolved";
      // Further off than it was ever put: the clock was set back.
      if (until > now && until <= now + UNKNOWN_FOR_MS) return "unknown";
      unknownUntil.delete(keyHash);
      return "unresolved";
    },

    /** Never rejects: `unavailable` when the database could not be asked. */
    inDatabase(apiKey: string): Promise<KeyLookup> {
      const keyHash = hashKey(apiKey);
      let answer = pending.get(keyHash);
      if (answer) return answer;
      if (pending.size >= MAX_PENDING) return Promise.resolve("unavailable");
      answer = ask(keyHash).finally(() => pending.delete(keyHash));
      pending.set(keyHash, answer);
      return answer;
    },
  };
}
export type KeyLookups = ReturnType<typeof createKeyLookup>;
