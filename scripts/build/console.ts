import { reportFailure } from "../start-failure.ts";
import { ensureConsoleBuild, ensureDatabaseClient } from "./build.ts";

/** `npm run build`: what `npm run console` serves, made when its sources changed since. */
async function main(): Promise<number> {
  const say = (line: string) => console.log(line);
  await ensureDatabaseClient(say);
  const built = await ensureConsoleBuild(process.env.NEXT_DIST_DIR || ".next", say);
  say(built ? "Built." : "The build is up to date.");
  return 0;
}

process.exitCode = await main().catch(reportFailure);
