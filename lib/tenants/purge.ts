import { database } from "#lib/db/client.ts";
import { withSoleRight } from "#lib/db/sole.ts";

/** So many rows go in one transaction: few enough that nobody waits for it, and that a crash loses little. */
const ROWS_AT_ONCE = 2_000;
const EVERY_MS = 5 * 60_000;
/** What one process does before it lets go of the right to it. */
const LONGEST_MS = 10 * 60_000;

/**
 * Purges the tenants whose seven days are over, part by part, each part a transaction of its own: a process that dies
 * half-way is carried on from by the next. Gives how many are gone for good.
 */
export async function purgeDeletedTenants(rowsAtOnce = ROWS_AT_ONCE): Promise<number> {
  let purged = 0;
  await withSoleRight("tenantPurge", async () => {
    const end = performance.now() + LONGEST_MS;
    while (performance.now() < end) {
      const [row] = await database().$queryRaw<{ done: "idle" | "more" | "purged" }[]>`
        SELECT purge_deleted_tenant(${rowsAtOnce}::int) AS done`;
      if (row?.done === "purged") purged++;
      else if (row?.done !== "more") return;
    }
  });
  return purged;
}

type Options = { log: (line: { msg: string; [field: string]: unknown }) => void; everyMs?: number };

/**
 * Purges now and again from now on; `stop` waits for what is under way. The log says that a tenant was purged, and
 * nothing of which.
 */
export function startTenantPurge({ log, everyMs = EVERY_MS }: Options): { stop: () => Promise<void> } {
  let running: Promise<void> | null = null;
  const tick = () => {
    running ??= purgeDeletedTenants()
      .then(
        (purged) => {
          if (purged > 0) log({ msg: "purged deleted tenants", tenants: purged });
        },
        (error: unknown) =>
          log({
            msg: "could not purge deleted tenants",
            error: error instanceof Error ? error.name : "unknown",
          }),
      )
      .finally(() => {
        running = null;
      });
  };
  const timer = setInterval(tick, everyMs);
  timer.unref();
  tick();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
