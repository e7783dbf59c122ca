import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * When the process started, as the system tells it: together with the number it names a process even after numbers
 * were used again. Undefined when there is no such process (a zombie counts as none).
 */
export function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") {
      return (
        execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined
      );
    }
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the name in parentheses and may hold spaces; the third is the state, the 22nd the start.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export type ProcessIdentity = { name: string; pid: number; start: string };

/** Whether the very process that was noted is still there. */
export const isAlive = (noted: ProcessIdentity) => startOf(noted.pid) === noted.start;

/** Waits until `done` or `timeoutMs` passed; gives whether it was done. */
export async function waitUntil(done: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!done()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return true;
}

/** Asks a process to end with `signal`, and after `patienceMs` ends it. */
export async function endProcess(
  noted: ProcessIdentity,
  signal: NodeJS.Signals,
  patienceMs: number,
): Promise<void> {
  if (!isAlive(noted)) return;
  signalProcess(noted.pid, signal);
  if (await waitUntil(() => !isAlive(noted), patienceMs)) return;
  signalProcess(noted.pid, "SIGKILL");
  await waitUntil(() => !isAlive(noted), 5_000);
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
