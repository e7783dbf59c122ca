import { spawn } from "node:child_process";
import path from "node:path";
import { StartFailure } from "../start-failure.ts";
import { fingerprint, isFresh, writeStamp } from "./stamp.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const bin = (name: string) => path.join(ROOT, "node_modules", name);
const CONSOLE_SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "prisma/schema.prisma",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package.json",
  "package-lock.json",
];

/** Generates the database client when the schema changed since; gives whether it did. */
export async function ensureDatabaseClient(say: (line: string) => void): Promise<boolean> {
  const stamp = path.join(ROOT, "lib/db/generated/.stamp");
  const wanted = await fingerprint([
    "prisma/schema.prisma",
    "prisma.config.ts",
    "node_modules/prisma/package.json",
  ]);
  if (await isFresh(stamp, wanted)) return false;
  say("Generating the database client …");
  await runTool("Generating the database client", [bin("prisma/build/index.js"), "generate", "--no-hints"], {
    DATABASE_URL: "postgresql://unused",
  });
  await writeStamp(stamp, wanted);
  return true;
}

/**
 * Builds the console into `distDirectory` (a path from the repository's root) when its sources changed since; gives
 * whether it did.
 */
export async function ensureConsoleBuild(
  distDirectory: string,
  say: (line: string) => void,
): Promise<boolean> {
  const stamp = path.join(ROOT, distDirectory, "gatehouse-sources");
  const wanted = await fingerprint(CONSOLE_SOURCES);
  if (await isFresh(stamp, wanted)) return false;
  say("Building the console (half a minute) …");
  await runTool("Building the console", [bin("next/dist/bin/next"), "build"], {
    NODE_ENV: "production",
    NEXT_DIST_DIR: distDirectory,
    NEXT_TELEMETRY_DISABLED: "1",
  });
  await writeStamp(stamp, wanted);
  return true;
}

/** Runs a tool of node_modules quietly. @throws StartFailure with what it printed when it fails. */
async function runTool(
  what: string,
  args: string[],
  environment: NodeJS.ProcessEnv | Record<string, string>,
) {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Whoever is told to end leaves no build running.
  const end = () => child.kill();
  process.once("exit", end);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const code = await new Promise<number>((resolve) => {
    child.once("error", () => resolve(1));
    child.once("close", (exit) => resolve(exit ?? 1));
  });
  process.off("exit", end);
  if (code !== 0) throw new StartFailure(`${what} failed:\n${output.slice(-4_000)}`);
}
