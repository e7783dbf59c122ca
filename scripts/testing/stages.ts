import { spawn } from "node:child_process";
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { checkWalls } from "../walls/check.ts";

export const ROOT = path.join(import.meta.dirname, "../..");
const bin = (name: string) => path.join(ROOT, "node_modules", name);

export type Counts = { passed: number; failed: number };

/** Runs a command whose exit code is the verdict: one test. */
export async function commandStage(args: string[]): Promise<Counts> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });
  const code = await new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("close", resolve);
  });
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

export const lintStage = () => commandStage([bin("@biomejs/biome/bin/biome"), "ci", "--colors=off"]);

/** Next writes its own types, which the check needs, before it. */
export async function typeStage(): Promise<Counts> {
  const generated = await commandStage([bin("next/dist/bin/next"), "typegen"]);
  return generated.failed > 0 ? generated : commandStage([bin("typescript/bin/tsc"), "--noEmit", "-p", "."]);
}

export async function wallStage(): Promise<Counts> {
  const { modules, violations } = await checkWalls(ROOT);
  for (const violation of violations) console.log(`  ${violation}`);
  console.log(`  ${modules} modules, ${violations.length} broken walls`);
  return violations.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** The test files of a kind whose path holds one of `filters` (all of them without filters), sorted. */
export async function testFiles(kind: "unit" | "integration" | "e2e", filters: string[]): Promise<string[]> {
  const patterns = kind === "e2e" ? ["e2e/**/*.spec.ts"] : ["**/*.test.ts"];
  const files: string[] = [];
  const outside = ["node_modules", ".next", ".data", ".git"];
  for await (const file of glob(patterns, { cwd: ROOT, exclude: (name) => outside.includes(name) })) {
    if (kind !== "e2e" && file.endsWith(".integration.test.ts") !== (kind === "integration")) continue;
    if (filters.length === 0 || filters.some((filter) => file.includes(filter))) files.push(file);
  }
  return files.sort();
}

/**
 * Runs files with Node's test runner, each in its own process, and counts its tests. Ends the processes when `signal`
 * says so.
 */
export async function nodeTestStage(
  files: string[],
  concurrency: number,
  signal: AbortSignal,
): Promise<Counts> {
  if (files.length === 0) return { passed: 0, failed: 0 };
  const stream = run({
    files: files.map((file) => path.join(ROOT, file)),
    concurrency,
    timeout: 180_000,
    signal,
  });
  const counts: Counts = { passed: 0, failed: 0 };
  stream.on("test:pass", (event) => {
    if (event.details.type !== "suite" && event.skip === undefined && event.todo === undefined)
      counts.passed += 1;
  });
  stream.on("test:fail", (event) => {
    if (event.details.type !== "suite" && event.todo === undefined) counts.failed += 1;
  });
  const report = stream.compose(new spec());
  for await (const chunk of report) process.stdout.write(chunk);
  return counts;
}

/** Runs the journeys against stacks that are up; `environment` says where they are. Ends them when `signal` says so. */
export async function browserStage(
  files: string[],
  environment: Record<string, string>,
  signal: AbortSignal,
): Promise<Counts> {
  const folder = await mkdtemp(path.join(tmpdir(), "gatehouse-report-"));
  const report = path.join(folder, "report.json");
  try {
    const child = spawn(
      process.execPath,
      [bin("playwright/cli.js"), "test", "--reporter=list,json", ...files],
      {
        cwd: ROOT,
        stdio: ["ignore", "inherit", "inherit"],
        env: { ...process.env, ...environment, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
        signal,
      },
    );
    child.once("error", () => {}); // it was ended; what follows is that it closes
    const code = await new Promise((resolve) => child.once("close", resolve));
    const { stats } = JSON.parse(await readFile(report, "utf8").catch(() => '{"stats":{}}'));
    const failed = (stats.unexpected ?? 0) + (stats.flaky ?? 0);
    // A run that broke down before its first test has no failed test, and is a failure all the same.
    return { passed: stats.expected ?? 0, failed: failed || (code === 0 ? 0 : 1) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
