import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

/**
 * `npm run test:soak -- [gateway|jobs …] [--minutes 60]`: the long tests, one after the other, on servers of their own.
 * Ends with the exit code of the first that failed.
 */
const FOLDER = path.join(import.meta.dirname, "../tests/soak");
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string", default: process.env.SOAK_MINUTES ?? "60" } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  process.stderr.write(`--minutes must be a number above 0, not '${values.minutes}'.\n`);
  process.exit(1);
}
const names = readdirSync(FOLDER).filter((name) => name.endsWith(".soak.ts"));
const chosen = names.filter(
  (name) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);
if (chosen.length === 0) {
  process.stderr.write(`There are ${names.join(", ")}; none has ${positionals.join(" or ")} in its name.\n`);
  process.exit(1);
}
for (const name of chosen.sort()) {
  const child = spawn(process.execPath, ["--test", "--test-reporter=spec", path.join(FOLDER, name)], {
    stdio: "inherit",
    env: { ...process.env, SOAK_MINUTES: String(minutes) },
  });
  const code = await new Promise<number>((resolve) => child.once("close", (ended) => resolve(ended ?? 1)));
  if (code !== 0) process.exit(code);
}
