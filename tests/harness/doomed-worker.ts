// A worker process that a test kills: argv is the database's address and the folder of functions.
import { createFunctionsHost } from "#data-plane/functions-host/index.ts";
import { createWorker } from "#data-plane/worker/worker.ts";
import { readKeyring } from "#lib/secrets/sealed-secret.ts";
import { silentLogger as logger, QUICK } from "./jobs.ts";

const [connectionString = "", directory = ""] = process.argv.slice(2);
const host = createFunctionsHost({ directory, maxThreads: 2, memoryLimitMb: 64, logger });
await createWorker({
  connectionString,
  host,
  logger,
  concurrency: 2,
  version: "test",
  timing: QUICK,
  outbound: {
    keyring: readKeyring(process.env.GATEHOUSE_ENCRYPTION_KEY),
    allowInternal: process.env.ALLOW_INTERNAL_UPSTREAMS === "1",
    consoleUrl: null,
  },
}).start();
