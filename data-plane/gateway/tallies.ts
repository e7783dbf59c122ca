import { expireKeyTraffic, type KeyTraffic, recordKeyTraffic } from "#data-plane/sql/key-traffic.ts";
import type { Queryable } from "#data-plane/sql/queryable.ts";
import type { StoredKey } from "./key-store.ts";
import type { GatewayLogger } from "./logger.ts";

export const BUCKET_MS = 600_000;
const MINUTE_MS = 60_000;
const FLUSH_MS = 5_000;
const EXPIRE_MS = 600_000;
const TALLIES_PER_WRITE = 2_000;
/** Of tallies that could not be written yet, about 100 MB; with the database away for long, the oldest are lost. */
const MAX_UNWRITTEN = 200_000;

/** What happened with one key since the last write. */
export type Tally = Omit<KeyTraffic, "routes"> & { routes: Map<string, number> };

/**
 * Counts in memory what keys are used for and writes it in batches, off the request's path. A count is a few
 * increments on the key's own record; a tally that could not be written is written later.
 */
export function createTallies(db: Queryable, logger: GatewayLogger) {
  let open: { key: StoredKey; tally: Tally }[] = [];
  let unwritten: Tally[] = [];
  let writing: Promise<void> | null = null;
  let dropped = 0;

  function tallyOf(key: StoredKey, now: number): Tally {
    const bucket = now - (now % BUCKET_MS);
    if (key.tally?.bucket === bucket) return key.tally;
    const tally: Tally = {
      keyId: key.id,
      bucket,
      requests: 0,
      refusals: 0,
      usedAt: null,
      routes: new Map(),
    };
    key.tally = tally;
    open.push({ key, tally });
    return tally;
  }

  /** Ends what is being counted, so that nothing is added to it any more. */
  function close(): void {
    for (const { key, tally } of open) {
      if (key.tally === tally) key.tally = null;
      unwritten.push(tally);
    }
    open = [];
    if (unwritten.length > MAX_UNWRITTEN) {
      const lost = unwritten.length - MAX_UNWRITTEN;
      unwritten = unwritten.slice(lost);
      dropped += lost;
      logger.warn({ lost }, "use of keys could not be written for too long, and the oldest is lost");
    }
  }

  async function write(): Promise<void> {
    close();
    while (unwritten.length > 0) {
      const batch = unwritten.slice(0, TALLIES_PER_WRITE);
      try {
        await recordKeyTraffic(db, batch);
      } catch (error) {
        logger.warn({ err: error }, "could not record the use of keys");
        return;
      }
      unwritten = unwritten.slice(batch.length);
    }
  }

  function flush(): Promise<void> {
    writing ??= write().finally(() => {
      writing = null;
    });
    return writing;
  }

  const flushing = setInterval(() => void flush(), FLUSH_MS);
  const expiring = setInterval(() => {
    expireKeyTraffic(db).catch((error: unknown) =>
      logger.warn({ err: error }, "could not expire key traffic"),
    );
  }, EXPIRE_MS);
  const halt = () => {
    clearInterval(flushing);
    clearInterval(expiring);
  };

  return {
    /**
     * Counts one request that showed a known key. `routeId` is the route that let it through, null when none did;
     * `refused` when the gateway itself answered with a 4xx. `now` is in Unix milliseconds; a use is told to the
     * minute.
     */
    count(key: StoredKey, routeId: string | null, refused: boolean, now: number): void {
      const tally = tallyOf(key, now);
      tally.requests++;
      if (refused) tally.refusals++;
      if (routeId === null) return;
      tally.usedAt = now - (now % MINUTE_MS);
      tally.routes.set(routeId, (tally.routes.get(routeId) ?? 0) + 1);
    },
    /** How many tallies were lost, since the start. */
    dropped: () => dropped,
    /** Stops without a word, for a gateway that never began. */
    abandon: halt,
    async stop(): Promise<void> {
      halt();
      await writing;
      await flush();
    },
  };
}
export type Tallies = ReturnType<typeof createTallies>;
