import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import {
  createFunctionsHost,
  FunctionError,
  type FunctionErrorKind,
  type FunctionsHostOptions,
} from "#data-plane/functions-host/index.ts";

export type OutputLine = { level: string; message: string; output?: string } & Record<string, unknown>;

/** A functions host over a folder of its own with these files in it, ready, and closed when the test is over. */
export async function functionsFixture(
  t: Pick<TestContext, "after">,
  files: Record<string, string>,
  options: Partial<FunctionsHostOptions> = {},
) {
  const directory = await mkdtemp(path.join(tmpdir(), "functions-"));
  const write = async (name: string, text: string) => {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  const lines: OutputLine[] = [];
  const log = (level: string) => (fields: object, message: string) =>
    void lines.push({ ...fields, level, message });
  const functions = createFunctionsHost({
    directory,
    maxThreads: 2,
    memoryLimitMb: 32,
    logger: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
    ...options,
  });
  t.after(async () => {
    await functions.close();
    await rm(directory, { recursive: true, force: true });
  });
  await functions.ready;
  let calls = 0;
  return {
    functions,
    directory,
    lines,
    write,
    /** Calls a function for acme, with a request ID of its own unless one is given. */
    call: (name: string, event: unknown = null, timeoutMs = 10_000, requestId = `r${++calls}`) =>
      functions.run(name, event, { requestId, tenantId: "t1", tenant: "acme" }, timeoutMs),
    /** Resolves with the folder's functions the next time that they, or the code behind them, changed. */
    changed: () =>
      new Promise<string[]>((resolve) => {
        const stop = functions.onChange((names) => {
          stop();
          resolve(names);
        });
      }),
  };
}

/** Whether a call failed in this way. */
export const failedAs = (expected: FunctionErrorKind) => (error: unknown) =>
  error instanceof FunctionError && error.kind === expected;
