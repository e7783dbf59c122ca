/** What a series of times says, in milliseconds. */
export type Summary = { p50: number; p99: number; max: number };

/** The value below which `share` (0–1) of the sorted times lie, by nearest rank. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Summarises times in milliseconds. */
export function summarize(times: readonly number[]): Summary {
  const sorted = [...times].sort((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? Number.NaN };
}

/** Runs `work` one after the other and gives the milliseconds that each returns. */
export async function repeat(times: number, work: (index: number) => Promise<number>): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; index < times; index++) taken.push(await work(index));
  return taken;
}
