const STEPS: readonly [seconds: number, divisor: number, unit: string][] = [
  [60, 1, "s"],
  [3_600, 60, "min"],
  [86_400, 3_600, "h"],
  [30 * 86_400, 86_400, "d"],
];

const date = (at: Date, timeZone: string | undefined) =>
  at.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    ...(timeZone ? { timeZone } : {}),
  });

/** What was set to end in seven days is not called six a moment later: within a tenth of a unit, it counts as whole. */
const NEARLY = 0.1;

/** "just now", "8 s ago", "in 3 h"; beyond thirty days the date. Both arguments in milliseconds. */
export function relativeText(at: number, now: number, timeZone?: string): string {
  const seconds = Math.round(Math.abs(now - at) / 1_000);
  if (seconds < 2) return "just now";
  for (const [below, divisor, unit] of STEPS) {
    if (seconds < below) {
      if (at <= now) return `${Math.floor(seconds / divisor)} ${unit} ago`;
      return `in ${Math.floor(seconds / divisor + NEARLY)} ${unit}`;
    }
  }
  return date(new Date(at), timeZone);
}

/** The moment to the second, with its zone: the person's own unless one is named. */
export function absoluteText(at: number, timeZone?: string): string {
  return new Date(at).toLocaleString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
    ...(timeZone ? { timeZone } : {}),
  });
}

/** How long something took: "12 ms", "3.4 s", "2 min 5 s". Takes milliseconds. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(milliseconds / 60_000);
  return `${minutes} min ${Math.round((milliseconds % 60_000) / 1_000)} s`;
}
