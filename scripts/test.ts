import type { StartedStack } from "../tests/harness/stack.ts";
import { ensureConsoleBuild, ensureDatabaseClient } from "./build/build.ts";
import { reportFailure, StartFailure } from "./start-failure.ts";
import { findBrowser } from "./testing/browser.ts";
import { provideRedis } from "./testing/redis.ts";
import { startTestServer, type TestServer } from "./testing/server.ts";
import {
  browserStage,
  type Counts,
  lintStage,
  nodeTestStage,
  testFiles,
  typeStage,
  wallStage,
} from "./testing/stages.ts";

const STAGES = ["lint", "types", "walls", "unit", "integration", "e2e"] as const;
type Stage = (typeof STAGES)[number];

const JOURNEYS_AT_ONCE = 2;

const say = (line: string) => process.stdout.write(`${line}\n`);
const total: Counts = { passed: 0, failed: 0 };
let server: TestServer | undefined;
const stacks: StartedStack[] = [];
const ending = new AbortController();

/**
 * `npm test`: every stage, or the ones named (`npm test -- unit e2e`); other words choose test files by a part of
 * their path (`npm test -- integration database-roles`). Ends with one line, `N passed, N failed`.
 */
async function main(args: string[]): Promise<void> {
  const named = STAGES.filter((stage) => args.includes(stage));
  const filters = args.filter((arg) => !STAGES.includes(arg as Stage));
  const fileStages: Stage[] = ["unit", "integration", "e2e"];
  const stages = named.length > 0 ? named : filters.length > 0 ? fileStages : [...STAGES];
  await ensureDatabaseClient(say);
  let chosen = 0;
  for (const stage of stages) {
    const files = fileStages.includes(stage) ? await testFiles(stage as "unit", filters) : [];
    chosen += files.length;
    if (filters.length > 0 && files.length === 0) continue;
    await timed(stage, () => runStage(stage, files, filters.length > 0));
  }
  if (filters.length > 0 && chosen === 0)
    throw new StartFailure(`No test file has ${filters.join(" or ")} in its path.`);
}

async function runStage(stage: Stage, files: string[], traced: boolean): Promise<Counts> {
  switch (stage) {
    case "lint":
      return lintStage();
    case "types":
      return typeStage();
    case "walls":
      return wallStage();
    case "unit":
      return nodeTestStage(files, 2, ending.signal);
    case "integration":
      await provideServer();
      await provideBuild();
      provideRedis(say);
      // More than there are cores: many of them wait for a clock, a connection or a process to end.
      return nodeTestStage(files, 3, ending.signal);
    case "e2e":
      return journeys(files, traced);
  }
}

async function journeys(files: string[], traced: boolean): Promise<Counts> {
  if (files.length === 0) return { passed: 0, failed: 0 };
  const browser = await findBrowser(say);
  await provideServer();
  await provideBuild();
  // Imported only now: it needs the generated database client, which may be a minute old.
  const { startDemoStack } = await import("../tests/harness/stack.ts");
  try {
    // As many as there are cores to use, and no more than there are files to share out.
    const wanted = Array.from({ length: Math.min(JOURNEYS_AT_ONCE, files.length) }, startDemoStack);
    for (const started of await Promise.allSettled(wanted)) {
      if (started.status === "fulfilled") stacks.push(started.value);
    }
    await Promise.all(wanted);
    const told = stacks.map(({ consoleUrl, gatewayUrl, demoFile }) => ({ consoleUrl, gatewayUrl, demoFile }));
    const environment = {
      CHROMIUM_PATH: browser,
      E2E_STACKS: JSON.stringify(told),
      ...(traced ? { E2E_TRACE: "1" } : {}),
    };
    return await browserStage(files, environment, ending.signal);
  } finally {
    await stopStacks();
  }
}

async function stopStacks(): Promise<void> {
  await Promise.all(stacks.splice(0).map((stack) => stack.stop()));
}

async function provideServer(): Promise<void> {
  if (process.env.TEST_DATABASE_SERVER_URL) return;
  server = await startTestServer();
  process.env.TEST_DATABASE_SERVER_URL = server.url;
}

async function provideBuild(): Promise<void> {
  const { TEST_BUILD } = await import("../tests/harness/processes.ts");
  await ensureConsoleBuild(TEST_BUILD, say);
}

async function timed(stage: Stage, work: () => Promise<Counts>): Promise<void> {
  say(`\n── ${stage} ──`);
  const began = performance.now();
  let counts: Counts;
  try {
    counts = await work();
  } catch (error) {
    reportFailure(error);
    counts = { passed: 0, failed: 1 };
  }
  total.passed += counts.passed;
  total.failed += counts.failed;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  say(`── ${stage}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`);
}

/** Told to end, by a signal or by the process that started it: leaves nothing running. */
async function end(): Promise<void> {
  ending.abort();
  await Promise.allSettled([stopStacks(), server?.stop()]);
  process.exit(1);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void end());
process.once("disconnect", () => void end());

await main(process.argv.slice(2)).catch((error) => {
  total.failed += reportFailure(error);
});
// Told to end, a stage fails and comes here too, perhaps before what it leaves has stopped.
if (ending.signal.aborted) await new Promise(() => {});
await server?.stop();
say(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
