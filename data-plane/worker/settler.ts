import type pg from "pg";
import type { HostLogger } from "#data-plane/functions-host/index.ts";
import { endAttempts } from "./ledger.ts";
import type { EndedAttempt } from "./outcome.ts";

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;

/** PostgreSQL refuses the data itself (SQLSTATE classes 22, 23 and 54): sending it again changes nothing. */
const isRefusal = (error: unknown): boolean =>
  /^(2[23]|54)/.test(String((error as { code?: unknown })?.code ?? ""));

export type Settler = {
  /** Records the end of an attempt, together with others that ended meanwhile. Resolves when it is recorded. */
  settle(ended: EndedAttempt): Promise<void>;
  /** How many endings are still on their way. */
  pending(): number;
};

/**
 * Writes endings in batches, one transaction at a time, and keeps trying while PostgreSQL is away: the work is
 * done, and only this process knows. `replace` makes an ending that can be stored from one that was refused.
 */
export function createSettler(
  pool: pg.Pool,
  logger: HostLogger,
  replace: (refused: EndedAttempt) => EndedAttempt,
): Settler {
  type Waiting = { ended: EndedAttempt; done: () => void };
  let waiting: Waiting[] = [];
  let writing: Waiting[] = [];

  async function write(batch: readonly Waiting[], replaced = false): Promise<void> {
    let delay = FIRST_RETRY_MS;
    for (;;) {
      try {
        const recorded = new Set(
          await endAttempts(
            pool,
            batch.map((one) => one.ended),
          ),
        );
        for (const { ended } of batch) {
          if (!recorded.has(ended.id)) {
            logger.warn({ jobId: ended.id, attempt: ended.attempt }, "an attempt ended after its lease");
          }
        }
        return;
      } catch (error) {
        if (isRefusal(error)) {
          const [only] = batch;
          if (batch.length > 1) for (const one of batch) await write([one]);
          else if (only && !replaced) await write([{ ...only, ended: replace(only.ended) }], true);
          else
            logger.error(
              { err: error, jobId: only?.ended.id },
              "an ending was refused; its lease will run out",
            );
          return;
        }
        logger.warn({ err: error, endings: batch.length }, "endings could not be recorded; trying again");
        await new Promise((resolve) => setTimeout(resolve, delay));
        delay = Math.min(LAST_RETRY_MS, delay * 2);
      }
    }
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      writing = waiting;
      waiting = [];
      await write(writing);
      for (const { done } of writing) done();
    }
    writing = [];
  }

  return {
    settle(ended) {
      return new Promise((done) => {
        waiting.push({ ended, done });
        if (writing.length === 0) {
          writing = waiting;
          queueMicrotask(() => void writeAll());
        }
      });
    },
    pending: () => waiting.length + writing.length,
  };
}
