/**
 * Runs two things beside each other; the second may wait for the first. When either fails, `signal` tells the other one
 * to end, and both are over before this rejects.
 */
export async function bothOrNeither<A, B>(
  first: (signal: AbortSignal) => Promise<A>,
  second: (signal: AbortSignal, first: Promise<A>) => Promise<B>,
): Promise<[A, B]> {
  const failed = new AbortController();
  const watched = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      failed.abort(error);
      throw error;
    });
  const one = watched(first(failed.signal));
  const other = watched(second(failed.signal, one));
  await Promise.allSettled([one, other]);
  failed.signal.throwIfAborted();
  return [await one, await other];
}
