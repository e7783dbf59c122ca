/** Long work lets others have the event loop this often, in milliseconds; a page's request waits no longer for it. */
const TURN_MS = 12;

/** Asks `due()` in a loop and awaits `take()` when it is, so that long work does not hold everybody else up. */
export function breath() {
  let since = performance.now();
  return {
    due: () => performance.now() - since > TURN_MS,
    async take() {
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    },
  };
}
