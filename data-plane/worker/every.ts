/** How far apart the chores of workers that started together may drift, as a share of the interval. */
const SPREAD = 0.1;

/**
 * Runs `work` every `intervalMs` (and up to a tenth less), one run at a time, until stopped. What it throws goes
 * to `onError` and stops nothing. `stop` resolves when the run under way has ended.
 */
export function every(
  intervalMs: number,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let stopped = false;
  const schedule = () => {
    if (!stopped) timer = setTimeout(run, intervalMs * (1 - SPREAD * Math.random()));
  };
  const run = () => {
    running = work()
      .then(() => {}, onError)
      .finally(() => {
        running = null;
        schedule();
      });
  };
  schedule();
  return {
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}
