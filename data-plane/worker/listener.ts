import pg from "pg";
import { CHANNELS } from "#lib/contract/channels.ts";

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

export type Listener = { close(): Promise<void> };

/**
 * Listens for work, and for running jobs being cancelled, on a connection of its own and comes back by itself when it
 * breaks. Both are called after every (re)connection as well, because notifications may have been missed.
 */
export function listenForJobs(
  connectionString: string,
  { onWork, onCancel }: { onWork: () => void; onCancel: () => void },
): Listener {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let delay = FIRST_RETRY_MS;
  let closed = false;

  function reconnect(broken: pg.Client): void {
    if (client !== broken || closed) return;
    client = null;
    broken.end().catch(() => {});
    timer = setTimeout(connect, delay);
    delay = Math.min(LAST_RETRY_MS, delay * 2);
  }

  function connect(): void {
    const fresh = new pg.Client({
      connectionString,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      application_name: "gatehouse worker (listen)",
    });
    client = fresh;
    fresh.on("error", () => reconnect(fresh));
    fresh.on("end", () => reconnect(fresh));
    fresh.on("notification", ({ channel }) => (channel === CHANNELS.cancels ? onCancel() : onWork()));
    fresh
      .connect()
      .then(() => fresh.query(`LISTEN ${CHANNELS.jobs}; LISTEN ${CHANNELS.cancels}`))
      .then(
        () => {
          delay = FIRST_RETRY_MS;
          onWork();
          onCancel();
        },
        () => reconnect(fresh),
      );
  }

  connect();
  return {
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
