import { readFileSync } from "node:fs";

/** Resident memory of a process in MB, from the operating system; null where that cannot be asked. */
function residentMb(pid: number): number | null {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return found ? Number(found[1]) / 1_024 : null;
  } catch {
    return null;
  }
}
const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Notes how much memory processes take, and tells after their warm-up whether it grows. */
export function watchMemory(pids: readonly number[], everyMs: number) {
  const samples = pids.map(() => [] as number[]);
  const timer = setInterval(() => {
    for (const [index, pid] of pids.entries()) {
      const mb = residentMb(pid);
      if (mb !== null) samples[index]?.push(mb);
    }
  }, everyMs);
  return {
    /** Of each process: the medians of the second and the last quarter of the time, and the highest. */
    stop() {
      clearInterval(timer);
      return samples.map((all) => {
        const quarter = Math.floor(all.length / 4);
        return {
          early: Math.round(median(all.slice(quarter, 2 * quarter))),
          late: Math.round(median(all.slice(3 * quarter))),
          highest: Math.round(Math.max(0, ...all)),
        };
      });
    },
  };
}
