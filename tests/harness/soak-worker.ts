// A worker process that a chaos test kills: argv is the database's address and the folder of functions.
import { createFunctionsHost } from "#data-plane/functions-host/index.ts";
import { startNewOn } from "#data-plane/jobs/start-new.ts";
import { createWorker } from "#data-plane/worker/worker.ts";
import { silentLogger as logger } from "./jobs.ts";

const [connectionString = "", directory = ""] = process.argv.slice(2);
const host = createFunctionsHost({
  directory,
  maxThreads: 4,
  memoryLimitMb: 64,
  logger,
  network: "all",
  onStartNew: (call) => startNewOn(worker.pool)(call),
});
const worker = createWorker({
  connectionString,
  host,
  logger,
  concurrency: 4,
  version: "soak",
  timing: {
    lease: 3_000,
    heartbeat: 500,
    reap: 500,
    reconcile: 1_000,
    overdue: 3_000,
    poll: 200,
    drain: 5_000,
  },
});
// A start that meets a database which is away is tried again, as whoever supervises a worker does.
for (;;) {
  try {
    await worker.start();
    break;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
