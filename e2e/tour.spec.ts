import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "./journey.ts";
import { stackOfThisWorker } from "./stack.ts";

const ROOT = path.join(import.meta.dirname, "..");
const run = promisify(execFile);

/** The shell lines of the README's tour, as a reader pastes them. */
function tour(): string {
  const readme = readFileSync(path.join(ROOT, "README.md"), "utf8");
  const section = readme.split("## Five-minute tour")[1]?.split("\n## ")[0] ?? "";
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block);
  expect(blocks.length).toBeGreaterThan(2);
  return blocks.join("\n").replaceAll(".data/demo.json", stackOfThisWorker().demoFile);
}

// Named to run last: it publishes everything that waits in the demo's draft.
test("the README's tour works as pasted", async () => {
  const { stdout } = await run("bash", ["-euo", "pipefail", "-c", tour()], { cwd: ROOT, timeout: 50_000 });
  expect(stdout).toContain('"live":true');
  const statuses = [...stdout.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  expect(statuses).toEqual([200, 401, 200, 202, 202, 404, 200]);
  expect(stdout).toContain('"next_cursor"');
  expect(stdout, "Explain says why").toContain('"code":"missing_credentials"');
  expect(stdout, "the refusal is found by its ID").toContain('"requestId"');
  expect(stdout, "and rolled back").toContain('"rolledBackFrom":1');
  expect(stdout).toMatch(/\/claim#ghc_[\w-]{49}/);
});
