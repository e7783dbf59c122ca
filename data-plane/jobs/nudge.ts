import type pg from "pg";
import { CHANNELS } from "#lib/contract/channels.ts";

/**
 * NOTIFY takes a lock of the whole database at commit, so a process sends it at most this often, in milliseconds,
 * and outside of the transactions that enqueue.
 */
const INTERVAL_MS = 5;

type State = { lastSent: number; timer: NodeJS.Timeout | null };
const states = new WeakMap<pg.Pool, State>();

function send(pool: pg.Pool, state: State): void {
  state.timer = null;
  state.lastSent = performance.now();
  // Nobody waits for it: workers poll as well, so a lost nudge costs a second and not a job.
  pool.query(`NOTIFY ${CHANNELS.jobs}`).catch(() => {});
}

/** Tells the workers that there is something to run: at once, or with the next nudge that is due. */
export function nudgeWorkers(pool: pg.Pool): void {
  let state = states.get(pool);
  if (!state) {
    state = { lastSent: Number.NEGATIVE_INFINITY, timer: null };
    states.set(pool, state);
  }
  if (state.timer) return;
  const wait = state.lastSent + INTERVAL_MS - performance.now();
  if (wait <= 0) send(pool, state);
  else state.timer = setTimeout(send, wait, pool, state);
}
