const UNITS: readonly [seconds: number, unit: string][] = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
];

function lengthText(seconds: number): string {
  for (const [size, unit] of UNITS) {
    if (seconds >= size && seconds % size === 0) {
      const amount = seconds / size;
      return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
    }
  }
  return `${seconds} seconds`;
}

/** What becomes of the key that is replaced, `before` the reveal or after it. */
export function graceText(graceSeconds: number, before: boolean): string {
  if (graceSeconds === 0) {
    return before
      ? "That one stops working the moment you reveal the new one."
      : "That one has stopped working.";
  }
  return `That one works on for ${lengthText(graceSeconds)} after the reveal, at most.`;
}
