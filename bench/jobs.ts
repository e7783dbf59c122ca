import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startTestServer } from "#scripts/testing/server.ts";
import { controlPlane } from "#tests/harness/control-plane.ts";
import { startLatencies } from "./jobs-latency.ts";
import { listTimes } from "./jobs-lists.ts";
import { p95, requeuedText, requeueMany } from "./jobs-requeue.ts";
import { throughput } from "./jobs-throughput.ts";
import { summarize } from "./statistics.ts";

/**
 * The job numbers of the contract: `npm run bench:jobs [-- --jobs N --tenants N --dead N --fingerprints N --through N
 * --rounds N --times N --requeue N --only throughput,latency,requeue,lists]`. A PostgreSQL of its own that waits for the disk.
 */
const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "10000000" },
    tenants: { type: "string", default: "1000" },
    dead: { type: "string", default: "100000" },
    fingerprints: { type: "string", default: "500" },
    through: { type: "string", default: "20000" },
    rounds: { type: "string", default: "3" },
    times: { type: "string", default: "100" },
    requeue: { type: "string", default: "100000" },
    only: { type: "string", default: "throughput,latency,requeue,lists" },
  },
});
const wanted = new Set(values.only.split(","));
const number = (
  name: "jobs" | "tenants" | "dead" | "fingerprints" | "through" | "rounds" | "times" | "requeue",
) => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1`);
  return value;
};

type Row = { what: string; measured: string; hold: string; aim: string; verdict: string };
const rows: Row[] = [];
const ms = (value: number) => `${value.toFixed(1)} ms`;
const judge = (good: (line: number) => boolean, hold: number, aim: number) =>
  good(aim) ? "aim" : good(hold) ? "hold" : "MISSED";

const server = await startTestServer({ durable: true });
process.env.TEST_DATABASE_SERVER_URL = server.url;
const plane = await controlPlane();
const folder = await mkdtemp(path.join(tmpdir(), "gatehouse-bench-functions-"));
const load = loadavg()[0] as number;
try {
  if (wanted.has("latency")) {
    const { p50, p99, max } = summarize(await startLatencies(plane.database, folder, number("times") * 3));
    rows.push({
      what: "enqueue → handler starts, idle",
      measured: `p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)}`,
      hold: "15 / 100 ms",
      aim: "8 / 25 ms",
      verdict: p50 <= 8 && p99 <= 25 ? "aim" : p50 <= 15 && p99 <= 100 ? "hold" : "MISSED",
    });
  }
  if (wanted.has("throughput")) {
    const { ledger, alone } = await throughput(plane.database, number("through"), number("rounds"));
    const perSecond = (value: number) => `${Math.round(value)}/s`;
    const compare = (
      what: string,
      own: number,
      other: number,
      line: boolean,
      text: (value: number) => string,
    ) => {
      const ratio = own / other;
      rows.push({
        what,
        measured: `${ratio.toFixed(2)} (${text(own)} ÷ ${text(other)})`,
        hold: line ? "0.50" : "",
        aim: line ? "0.80" : "",
        verdict: line ? judge((least) => ratio >= least, 0.5, 0.8) : "",
      });
    };
    compare("jobs run by the ledger ÷ by pg-boss alone", ledger.drain, alone.drain, true, perSecond);
    compare(
      "jobs enqueued one by one, ledger ÷ pg-boss alone",
      ledger.enqueue,
      alone.enqueue,
      false,
      perSecond,
    );
    const perCpu = (value: number) => `${Math.round(value)} per CPU-second`;
    compare(
      "the same per CPU-second of worker and PostgreSQL",
      ledger.drainPerCpu,
      alone.drainPerCpu,
      true,
      perCpu,
    );
    compare("enqueued and run, per CPU-second of everything", ledger.perCpu, alone.perCpu, false, perCpu);
  }
  if (wanted.has("requeue")) {
    const requeued = await requeueMany(plane, folder, number("requeue"));
    rows.push({
      what: "dead jobs sent round again with one filter",
      measured: requeuedText(requeued),
      hold: "lists p95 100 ms",
      aim: "",
      verdict: judge((line) => p95(requeued.beside) <= line, 100, 50),
    });
  }
  if (wanted.has("lists")) {
    const fill = { tenants: number("tenants"), jobs: number("jobs"), dead: number("dead") };
    const onProgress = (said: string) => console.log(said);
    const lists = await listTimes(
      plane,
      { ...fill, fingerprints: number("fingerprints"), onProgress },
      number("times"),
    );
    for (const { what, own, empty, hold } of lists) {
      const ratio = own.p95 / empty.p95;
      rows.push({
        what,
        measured: `p50 ${ms(own.p50)}, p95 ${ms(own.p95)}; × ${(own.p50 / empty.p50).toFixed(1)}, × ${ratio.toFixed(1)} of an empty tenant's`,
        hold: `p95 ${hold} ms, × 2`,
        aim: "× 1.2",
        verdict: own.p95 > hold || ratio > 2 ? "MISSED" : ratio <= 1.2 ? "aim" : "hold",
      });
    }
  }
} finally {
  await plane.close();
  await rm(folder, { recursive: true, force: true });
  await server.stop();
}

const memory = Math.round(totalmem() / 1024 ** 3);
console.log(`\n${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memory} GiB, Node ${process.version}`);
console.log(
  `load average ${load.toFixed(1)} before, ${(loadavg()[0] as number).toFixed(1)} after; sizes ${JSON.stringify(values)}\n`,
);
console.log("| what | measured | hold | aim | |\n|---|---|---|---|---|");
for (const { what, measured, hold, aim, verdict } of rows) {
  console.log(`| ${what} | ${measured} | ${hold} | ${aim} | ${verdict} |`);
}
