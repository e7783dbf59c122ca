import { writeFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { enqueueJob, type NewJob } from "#data-plane/jobs/enqueue.ts";
import { uuidv7 } from "#lib/contract/uuid.ts";
import { type TestDatabase, withClient } from "#tests/harness/database.ts";
import { eventually } from "#tests/harness/eventually.ts";
import { startWorker } from "#tests/harness/processes.ts";

/** The handler says when it began, by the machine's clock. */
const HANDLER = "export const handler = async () => performance.timeOrigin + performance.now();";
/** Between two jobs, so that each finds the worker idle; not in step with its poll. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 60 + 80 * Math.random()));

/**
 * Milliseconds from the call that enqueues a job to its handler's first line, through a worker in a process of its
 * own that has nothing else to do, its isolated function threads included.
 */
export async function startLatencies(
  database: TestDatabase,
  folder: string,
  count: number,
): Promise<number[]> {
  await writeFile(path.join(folder, "now.mjs"), HANDLER);
  const tenantId = uuidv7();
  const gateway = new pg.Pool({ connectionString: database.gatewayUrl, max: 2 });
  const worker = await startWorker(database, { environment: { FUNCTIONS_DIR: folder, LOG_LEVEL: "error" } });
  const job: NewJob = {
    tenantId,
    function: "now",
    input: {},
    maxAttempts: 1,
    timeoutMs: 10_000,
    routeId: uuidv7(),
    revision: 1,
    apiKeyId: null,
    requestId: null,
    idempotencyKey: null,
    enqueuedBy: "route",
  };
  try {
    return await withClient(database.superuserUrl, async (client) => {
      await client.query("INSERT INTO tenants (id, slug, name) VALUES ($1, 'bench-latency', 'Bench')", [
        tenantId,
      ]);
      const once = async (): Promise<number> => {
        const called = performance.timeOrigin + performance.now();
        const { jobId } = await enqueueJob(gateway, job);
        const began = await eventually(
          "the job to end",
          async () =>
            (await client.query("SELECT result FROM jobs WHERE id = $1", [jobId])).rows[0]?.result as number,
          30_000,
        );
        await pause();
        return began - called;
      };
      for (let warm = 0; warm < 20; warm++) await once();
      const taken: number[] = [];
      while (taken.length < count) taken.push(await once());
      return taken;
    });
  } finally {
    await worker.stop();
    await gateway.end();
  }
}
