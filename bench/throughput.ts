import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import autocannon from "autocannon";

/** Linux counts a process's CPU time in ticks of this length. */
const TICK_SECONDS = 0.01;
/** Many short rounds rather than a few long ones: what else the machine does then hits both sides alike. */
const SECONDS = 2;
const ROUNDS = 9;

/** User and system seconds that a process has used, from the operating system. Linux only. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS;
}

type Load = { pid: number; url: string; headers?: Record<string, string> };

/** Requests answered per second of CPU that the serving process used, under 32 kept connections. */
async function perCpuSecond({ pid, url, headers = {} }: Load, seconds: number): Promise<number> {
  const before = cpuSeconds(pid);
  const result = await autocannon({ url, headers, connections: 32, pipelining: 1, duration: seconds });
  return result.requests.total / (cpuSeconds(pid) - before);
}

/** Starts bench/hello.ts, the bare node:http server, in a process of its own. */
export async function startHello(): Promise<{ pid: number; url: string; stop(): void }> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "hello.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve) =>
    child.stdout.once("data", (line: Buffer) => resolve(line.toString().trim())),
  );
  return { pid: child.pid as number, url, stop: () => child.kill() };
}

/**
 * The gateway against bare node:http, in turn, so that both see the same machine. Gives the median of each and of
 * the ratios, in requests per CPU-second.
 */
export async function againstBareHttp(load: Load): Promise<{ own: number; bare: number; ratio: number }> {
  const hello = await startHello();
  const rounds: { own: number; bare: number; ratio: number }[] = [];
  await perCpuSecond(hello, 2);
  await perCpuSecond(load, 3);
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await perCpuSecond(hello, SECONDS);
    const own = await perCpuSecond(load, SECONDS);
    rounds.push({ own, bare, ratio: own / bare });
  }
  hello.stop();
  const median = (name: "own" | "bare" | "ratio") =>
    rounds.map((round) => round[name]).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  return { own: median("own"), bare: median("bare"), ratio: median("ratio") };
}
