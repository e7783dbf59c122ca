/** One stretch of time: when it began (its key), how that is written, how much there was, and how much of it is marked. */
export type Bar = { at: string; time: string; amount: number; marked: number };

/** The number at the top of the scale: the largest amount, rounded up to one digit and zeros. */
export function scaleTop(bars: readonly Bar[]): number {
  const most = bars.reduce((largest, { amount }) => Math.max(largest, amount), 1);
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= most) ?? 10;
  return step * power;
}

/** What the bars say in one sentence, for those who do not see them. */
export function summary(bars: readonly Bar[], whole: string, part: string): string {
  const total = bars.reduce((sum, { amount }) => sum + amount, 0);
  const marked = bars.reduce((sum, bar) => sum + bar.marked, 0);
  if (total === 0) return `no ${whole}`;
  const busiest = bars.reduce((best, bar) => (bar.amount > best.amount ? bar : best));
  return `${total.toLocaleString("en")} ${whole}, ${marked.toLocaleString("en")} ${part}, most of them in the bar of ${busiest.time}`;
}
