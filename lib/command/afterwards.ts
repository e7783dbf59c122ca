/**
 * Work that is done after the answer was given, so that neither the answer nor its time tells what the work found: for
 * example whether an account exists. It is lost when the process ends meanwhile; whoever asked asks again.
 */
const MAX_WAITING = 1_000;
/** Of the database's connections most are for requests. */
const AT_ONCE = 4;

const waiting: (() => Promise<unknown>)[] = [];
let running = 0;
let idle: (() => void)[] = [];

async function run(): Promise<void> {
  running++;
  // A turn of the event loop later: what has been asked for is answered first.
  await new Promise((resolve) => setImmediate(resolve));
  for (let work = waiting.shift(); work; work = waiting.shift()) {
    await work().catch((error: { name?: string; code?: string }) => {
      // By name and code only: messages of drivers quote parameters.
      const { name, code } = error;
      console.error(
        JSON.stringify({ level: "error", msg: "work after an answer failed", error: name, code }),
      );
    });
  }
  running--;
  if (running > 0) return;
  for (const resolve of idle) resolve();
  idle = [];
}

/** Does the work when what is being answered has been answered. False, and nothing done, when too much waits already. */
export function afterwards(work: () => Promise<unknown>): boolean {
  if (waiting.length >= MAX_WAITING) return false;
  waiting.push(work);
  if (running < AT_ONCE) void run();
  return true;
}

/** Resolves when nothing waits any more; for tests and for the end of a script. */
export const allDone = (): Promise<void> =>
  running === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve));
