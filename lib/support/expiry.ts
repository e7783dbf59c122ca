import { database } from "#lib/db/client.ts";
import { enterTenantOf } from "#lib/db/scope.ts";
import { clockwork, close } from "./close.ts";

/** Writes down, with an audit entry each, the ends of the sessions whose time has come. Gives their number. */
export async function closeExpiredSupportSessions(): Promise<number> {
  const tenants = await database().$queryRaw<{ id: string }[]>`SELECT tenants_with_expired_support() AS id`;
  let closed = 0;
  for (const { id } of tenants) {
    closed += await database().$transaction(async (tx) => {
      await enterTenantOf(tx, id);
      return (await close(tx, id, "expired", clockwork())).length;
    });
  }
  return closed;
}

/** So many go in one transaction, and a backlog in several. */
const SEARCHES_AT_ONCE = 1_000;

/** Removes what operators looked for when its year is over; the database says when that is. Gives how many. */
export async function forgetDeskSearches(atOnce = SEARCHES_AT_ONCE): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const [row] = await database().$queryRaw<{ gone: number }[]>`
      SELECT forget_desk_searches(${atOnce}::int) AS gone`;
    forgotten += row?.gone ?? 0;
    if ((row?.gone ?? 0) < atOnce) return forgotten;
  }
}

/**
 * How late the audit log tells that a session's time was up. The session itself is over on the moment, by the
 * database's clock, whether or not this runs.
 */
const EVERY_MS = 60_000;

type Options = { log: (line: { msg: string; [field: string]: unknown }) => void; everyMs?: number };

/**
 * Writes down expired support sessions and removes searches that are a year old, now and again from now on; `stop`
 * waits for what is under way.
 */
export function startSupportExpiry({ log, everyMs = EVERY_MS }: Options): { stop: () => Promise<void> } {
  let running: Promise<unknown> | null = null;
  const failing = (msg: string) => (error: unknown) =>
    log({ msg, error: error instanceof Error ? error.name : "unknown" });
  const tick = () => {
    running ??= Promise.all([
      closeExpiredSupportSessions().catch(failing("could not write down expired support sessions")),
      forgetDeskSearches().catch(failing("could not remove old searches of the support desk")),
    ]).finally(() => {
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
