let waiting: (() => void)[] = [];

/** Calls at once what waits for the end of the turn. */
export function endTurn(): void {
  const tasks = waiting;
  waiting = [];
  for (const task of tasks) task();
}

/**
 * Calls `task`, which must not throw, when all that had arrived in this turn of the event loop has been looked at. What
 * many requests do alike, as writing to a socket, costs much less one after the other than between other work: whoever
 * reads at the other end is woken once, and the processor has the code at hand.
 */
export function atEndOfTurn(task: () => void): void {
  if (waiting.push(task) === 1) setImmediate(endTurn);
}
