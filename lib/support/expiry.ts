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

/**
 * How late the audit log tells that a session's time was up. The session itself is over on the moment, by the
 * database's clock, whether or not this runs.
 */
const EVERY_MS = 60_000;

type Options = { log: (line: { msg: string; [field: string]: unknown }) => void; everyMs?: number };

/** Writes down expired support sessions now and again from now on; `stop` waits for what is being written. */
export function startSupportExpiry({ log, everyMs = EVERY_MS }: Options): { stop: () => Promise<void> } {
  let running: Promise<void> | null = null;
  const tick = () => {
    running ??= closeExpiredSupportSessions()
      .then(
        () => undefined,
        (error: unknown) =>
          log({
            msg: "could not write down expired support sessions",
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
