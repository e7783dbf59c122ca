import { writeFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { foldDeadLetters } from "#data-plane/dead-letters/fold.ts";
import { dispatch } from "#lib/api/dispatch.ts";
import { prepareRun, startRequeue } from "#lib/dead-letters/commands.ts";
import { getRun } from "#lib/dead-letters/queries.ts";
import { mintToken } from "#lib/tokens/commands.ts";
import type { ControlPlane } from "#tests/harness/control-plane.ts";
import { withClient } from "#tests/harness/database.ts";
import { startWorker } from "#tests/harness/processes.ts";
import { FUNCTIONS, fillJobs } from "./fill-jobs.ts";
import { summarize } from "./statistics.ts";

const HANDLER = "export const handler = async () => ({ done: true });";
/** What a person does who watches: a list, the groups, a run; so many times a second in all. */
const ASKED_EVERY_MS = 100;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Times of one question each: those before the run, and those while it goes. */
export type Requeued = {
  count: number;
  previewMs: number;
  runMs: number;
  before: number[];
  beside: number[];
};

async function watching(
  paths: readonly string[],
  token: string,
  going: () => Promise<boolean>,
): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; await going(); index++) {
    const request = new Request(
      `http://127.0.0.1:3000/api/v1/tenants/bench-requeue${paths[index % paths.length]}`,
      {
        headers: { authorization: `Bearer ${token}` },
      },
    );
    const began = performance.now();
    const response = await dispatch(request);
    await response.text();
    if (!response.ok) throw new Error(`GET ${request.url}: ${response.status}`);
    taken.push(performance.now() - began);
    await sleep(ASKED_EVERY_MS);
  }
  return taken;
}

/**
 * Sends `count` dead jobs round again with one filter, as fast as the queue takes them, through a worker in a process
 * of its own that also runs them, and asks the API meanwhile what a person who watches would ask.
 */
export async function requeueMany(plane: ControlPlane, folder: string, count: number): Promise<Requeued> {
  const { actor } = await plane.tenant("bench-requeue");
  for (const name of FUNCTIONS) await writeFile(path.join(folder, `${name}.mjs`), HANDLER);
  await withClient(plane.database.superuserUrl, (client) =>
    fillJobs(client, {
      jobs: count * 2,
      tenants: 10,
      dead: count,
      fingerprints: 500,
      mainTenantId: actor.tenant.id,
      rebuildIndexes: true,
    }),
  );
  const pool = new pg.Pool({ connectionString: plane.database.workerUrl, max: 1 });
  await foldDeadLetters(pool);
  await pool.end();
  const { token } = await mintToken(actor, { name: "bench", expiresInDays: 1, tenantId: actor.tenant.id });
  const paths = [
    "/jobs",
    "/jobs?state=dead",
    "/dead-letters/groups",
    "/dead-letters/summary",
    "/jobs/count?state=dead",
  ];
  let asked = 0;
  const before = await watching(paths, token, async () => asked++ < 100);

  const environment = { FUNCTIONS_DIR: folder, LOG_LEVEL: "error" };
  const worker = await startWorker(plane.database, { environment });
  try {
    const began = performance.now();
    const { id, preview } = await prepareRun(actor, {
      action: "requeue",
      selection: { by: "filter", filters: { state: "dead" } },
    });
    const previewMs = performance.now() - began;
    if (preview.count !== count) throw new Error(`${preview.count} of ${count} dead jobs were frozen`);
    const started = performance.now();
    await startRequeue(actor, {
      run: id,
      reason: "bench",
      ratePerMinute: null,
      canary: null,
      stopAfter: null,
    });
    const going = async () => (await getRun(actor, { id })).state === "running";
    const beside = await watching([...paths, `/dead-letters/runs/${id}`], token, going);
    const runMs = performance.now() - started;
    const run = await getRun(actor, { id });
    if (run.done !== count)
      throw new Error(`${run.done} of ${count} jobs were sent round again: ${run.state}`);
    return { count, previewMs, runMs, before, beside };
  } finally {
    await worker.stop();
  }
}

/** The value below which 95 of 100 times lie. */
export const p95 = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? Number.NaN;

/** In words, for the table. */
export function requeuedText({ count, previewMs, runMs, before, beside }: Requeued): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const asked = `p50 ${ms(summarize(beside).p50)}, p95 ${ms(p95(beside))} of ${beside.length} (before: ${ms(summarize(before).p50)}, ${ms(p95(before))})`;
  return `${count} frozen in ${(previewMs / 1_000).toFixed(1)} s, all sent again in ${(runMs / 1_000).toFixed(0)} s; lists beside it ${asked}`;
}
