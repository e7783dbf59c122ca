import { type InstanceReport, markStopped, recordKeyUsage, reportInstance } from "#data-plane/sql/gateway.ts";
import type { Queryable } from "#data-plane/sql/queryable.ts";
import type { GatewayLogger } from "./logger.ts";
import type { StoredKey, TenantState } from "./snapshot.ts";

export const HEARTBEAT_MS = 5_000;
const MINUTE_MS = 60_000;
/** Of keys whose last use could not be written yet; with the database away for long, the oldest news is lost. */
const MAX_UNWRITTEN_USES = 200_000;

export type Instance = Omit<InstanceReport, "appliedSnapshot">;

/**
 * What this gateway tells the database: that it lives, what it serves, when keys were used. One writer, so that an
 * older state never overwrites a newer one; what could not be written is written with the next heartbeat.
 */
export function createReports(instance: Instance, db: Queryable, logger: GatewayLogger) {
  const dirty = new Set<TenantState>();
  let uses = new Map<string, number>();
  let databaseSnapshot: string | null = null;
  let writing: Promise<void> | null = null;
  let again = false;

  async function write(): Promise<void> {
    const tenants = [...dirty];
    dirty.clear();
    try {
      const acknowledgements = tenants.map(({ id, number, since, refused, error }) => ({
        tenantId: id,
        revision: number,
        since,
        refused,
        error: error?.slice(0, 2_000) ?? null,
      }));
      await reportInstance(db, { ...instance, appliedSnapshot: databaseSnapshot }, acknowledgements);
    } catch (error) {
      for (const tenant of tenants) dirty.add(tenant);
      logger.warn({ err: error }, "could not report to the database");
    }
  }

  function report(): Promise<void> {
    if (writing) {
      again = true;
      return writing;
    }
    writing = write().finally(() => {
      writing = null;
      if (again) {
        again = false;
        void report();
      }
    });
    return writing;
  }

  async function writeUses(): Promise<void> {
    if (uses.size === 0) return;
    const batch = uses;
    uses = new Map();
    try {
      await recordKeyUsage(
        db,
        [...batch].map(([keyId, minute]) => ({ keyId, usedAt: new Date(minute * MINUTE_MS) })),
      );
    } catch (error) {
      if (batch.size + uses.size <= MAX_UNWRITTEN_USES) {
        for (const [keyId, minute] of batch) if (!uses.has(keyId)) uses.set(keyId, minute);
      }
      logger.warn({ err: error }, "could not record the use of keys");
    }
  }

  const timer = setInterval(() => {
    void report();
    void writeUses();
  }, HEARTBEAT_MS);

  return {
    /** Everything in `snapshot` is in force; `tenants` serve or refuse something new. No news can wait. */
    applied(tenants: readonly TenantState[], snapshot: string, news: boolean): void {
      databaseSnapshot = snapshot;
      for (const tenant of tenants) dirty.add(tenant);
      if (news) void report();
    },
    /** Notes a use in memory, at most once a minute and key. */
    used(key: StoredKey, now: number): void {
      const minute = Math.floor(now / MINUTE_MS);
      if (key.lastUsedMinute === minute) return;
      key.lastUsedMinute = minute;
      uses.set(key.id, minute);
    },
    /** Stops without a word, for a gateway that never began. */
    abandon(): void {
      clearInterval(timer);
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await writing;
      await writeUses();
      await markStopped(db, instance.id).catch((error: unknown) =>
        logger.warn({ err: error }, "could not report the stop"),
      );
    },
  };
}
export type Reports = ReturnType<typeof createReports>;
