import { type InstanceReport, markStopped, reportInstance } from "#data-plane/sql/gateway.ts";
import type { Queryable } from "#data-plane/sql/queryable.ts";
import type { GatewayLogger } from "./logger.ts";
import type { TenantState } from "./snapshot.ts";

/** What the console says of gateways is as old as this; five misses make one silent there. */
export const HEARTBEAT_MS = 1_000;

export type Instance = Omit<InstanceReport, "appliedSnapshot" | "limits">;

/**
 * What this gateway tells the database: that it lives, what it serves. One writer, so that an
 * older state never overwrites a newer one; what could not be written is written with the next heartbeat.
 */
export function createReports(
  instance: Instance,
  limits: () => InstanceReport["limits"],
  db: Queryable,
  logger: GatewayLogger,
) {
  const dirty = new Set<TenantState>();
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
      await reportInstance(
        db,
        { ...instance, limits: limits(), appliedSnapshot: databaseSnapshot },
        acknowledgements,
      );
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

  const timer = setInterval(() => void report(), HEARTBEAT_MS);

  return {
    /** Everything in `snapshot` is in force; `tenants` serve or refuse something new. No news can wait. */
    applied(tenants: readonly TenantState[], snapshot: string, news: boolean): void {
      databaseSnapshot = snapshot;
      for (const tenant of tenants) dirty.add(tenant);
      if (news) void report();
    },
    /** Stops without a word, for a gateway that never began. */
    abandon(): void {
      clearInterval(timer);
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await writing;
      await markStopped(db, instance.id).catch((error: unknown) =>
        logger.warn({ err: error }, "could not report the stop"),
      );
    },
  };
}
export type Reports = ReturnType<typeof createReports>;
