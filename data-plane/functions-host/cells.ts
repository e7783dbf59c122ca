import { type Cell, type CellOptions, NotBegun, startCell } from "./cell.ts";
import type { CallResult, Task } from "./types.ts";

const IDLE_MS = 60_000;
const SWEEP_MS = 10_000;
/** Cells that cannot even start are tried again this much later. */
const START_AGAIN_MS = 1_000;

type Waiting = { task: Task; signal: AbortSignal; take(cell: Cell): void };
export type CellsOptions = Omit<CellOptions, "onFree" | "onGone"> & {
  max: number;
  onTrouble(message: string): void;
};

/**
 * Up to `max` cells, started as they are needed and ended when they have had nothing to do for a minute; one stays.
 * Tasks beyond that wait in line, first come, first served.
 */
export function createCells({ max, onTrouble, ...options }: CellsOptions) {
  const all = new Set<Cell>();
  /** The one used last is used next, so that the others may end. */
  const free: { cell: Cell; since: number }[] = [];
  const starting = new Set<Cell>();
  const waiting: Waiting[] = [];
  let again: NodeJS.Timeout | null = null;
  let ended = false;

  function start(): void {
    if (ended || again || all.size >= max) return;
    const cell = startCell({
      ...options,
      onFree(cell) {
        starting.delete(cell);
        free.push({ cell, since: performance.now() });
        serve();
      },
      onGone(cell, trouble) {
        all.delete(cell);
        starting.delete(cell);
        const place = free.findIndex((each) => each.cell === cell);
        if (place !== -1) free.splice(place, 1);
        if (ended) return;
        if (trouble !== null) {
          onTrouble(trouble);
          again ??= setTimeout(() => {
            again = null;
            serve();
          }, START_AGAIN_MS);
        } else serve();
      },
    });
    all.add(cell);
    starting.add(cell);
  }

  function serve(): void {
    while (waiting.length > 0 && free.length > 0) {
      const { cell } = free.pop() as { cell: Cell };
      (waiting.shift() as Waiting).take(cell);
    }
    while (waiting.length > starting.size && all.size < max && !again && !ended) start();
    if (all.size === 0) start();
  }

  const sweep = setInterval(() => {
    const now = performance.now();
    while (all.size > 1 && free[0] && now - free[0].since > IDLE_MS) void free.shift()?.cell.end();
  }, SWEEP_MS);
  sweep.unref();
  start();

  return {
    /** Rejects with an AbortError once `signal` says so, in line or under way, and with CellEnded. */
    run(task: Task, signal: AbortSignal): Promise<CallResult> {
      return new Promise((resolve, reject) => {
        const leave = () => {
          waiting.splice(waiting.indexOf(inLine), 1);
          reject(new DOMException("aborted", "AbortError"));
        };
        const inLine: Waiting = {
          task,
          signal,
          take(cell) {
            signal.removeEventListener("abort", leave);
            cell.run(task, signal).then(resolve, (error: unknown) => {
              if (error instanceof NotBegun && !signal.aborted && !ended) stand();
              else reject(error);
            });
          },
        };
        const stand = () => {
          if (signal.aborted) {
            reject(new DOMException("aborted", "AbortError"));
            return;
          }
          signal.addEventListener("abort", leave, { once: true });
          waiting.push(inLine);
          serve();
        };
        stand();
      });
    },
    size: () => all.size,
    /** Ends all cells at once, and with them what runs there. */
    async end(): Promise<void> {
      ended = true;
      clearInterval(sweep);
      if (again) clearTimeout(again);
      await Promise.all([...all].map((cell) => cell.end()));
    },
  };
}
export type Cells = ReturnType<typeof createCells>;
