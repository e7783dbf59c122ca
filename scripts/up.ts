import { ensureConsoleBuild, ensureDatabaseClient } from "./build/build.ts";
import { ensureDataDirectory } from "./data-directory.ts";
import { reportFailure } from "./start-failure.ts";
import { RunRecordFile } from "./up/run-record.ts";
import { readSettings, requireFreePorts, type UpSettings } from "./up/settings.ts";
import { Stack } from "./up/stack.ts";

const began = performance.now();
const say = (line: string) => process.stdout.write(`${line}\n`);

/** `npm run up`: everything, until it is asked to stop. Gives the exit code. */
async function up(): Promise<number> {
  const asked = stopRequest();
  const settings = readSettings();
  const record = new RunRecordFile(settings.dataDirectory);
  const left = await record.takeOver();
  if (left.length > 0) say(`Ended what an earlier run left behind: ${left.join(", ")}.`);
  await requireFreePorts(settings);
  await ensureDataDirectory(settings.dataDirectory);
  await record.begin();

  const stack = new Stack(settings, record, say);
  let code = 0;
  try {
    // Nothing is interrupted halfway: a stop that is asked for during the start is done between two steps.
    const steps = [() => prepare(stack), () => stack.startPlanes(), () => welcome(stack, settings)];
    for (const step of steps) if (!asked.now()) await step();
    await asked.promise;
  } catch (error) {
    code = reportFailure(error);
  }
  if (code === 0) say("\nStopping …");
  await record.noteStopping();
  await stack.stop();
  await record.end();
  if (code === 0) say("Stopped.");
  return code;
}

/** What the processes need before they start; the quick and likely refusals come before the long work. */
async function prepare(stack: Stack): Promise<void> {
  await stack.startDatabase();
  await ensureDatabaseClient(say);
  await ensureConsoleBuild(process.env.NEXT_DIST_DIR || ".next", say);
}

async function welcome(stack: Stack, settings: UpSettings): Promise<void> {
  const signIn = await stack.demo();
  const account = signIn
    ? `${signIn.email}  ${signIn.password}`
    : "with an account of this database (start once with SEED_DEMO=1 for demo accounts)";
  say(`
  Console   ${settings.consoleUrl}
  Gateway   ${settings.gatewayUrl}
  Database  ${stack.databaseAddress}
  Sign in   ${account}

ready in ${((performance.now() - began) / 1000).toFixed(1)} s · logs in ${settings.dataDirectory}/logs · Ctrl-C stops everything`);
}

/** Ctrl-C, a polite kill, a closed terminal, or the end of whoever started this. */
function stopRequest(): { promise: Promise<void>; now(): boolean } {
  let asked = false;
  const promise = new Promise<void>((resolve) => {
    const stop = () => {
      asked = true;
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
    process.on("disconnect", stop);
  });
  // A closed terminal must not keep this from stopping the rest in order.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  return { promise, now: () => asked };
}

process.exit(await up().catch(reportFailure));
