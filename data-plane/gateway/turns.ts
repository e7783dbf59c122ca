import { setImmediate as breathe } from "node:timers/promises";
import { endTurn } from "./end-of-turn.ts";

/** Requests wait no longer than about this for work that is done beside them. */
const TURN_MS = 1;

/** For long work on the thread that serves: `await turns.give()` now and then lets requests have theirs. */
export function createTurns() {
  let began = performance.now();
  return {
    /** Whether it is time to let others in. */
    due: () => performance.now() - began >= TURN_MS,
    async give(): Promise<void> {
      await breathe();
      endTurn(); // what was answered meanwhile does not wait for another turn of this work
      began = performance.now();
    },
  };
}
