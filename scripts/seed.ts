import { pathToFileURL } from "node:url";
import { seedDemo } from "../prisma/seed/demo.ts";
import { dataDirectory } from "./data-directory.ts";
import { reportFailure, StartFailure } from "./start-failure.ts";

/**
 * Fills the database with the demo, through a running console and gateway, and writes demo.json. Expects the
 * console's environment: CONSOLE_URL, GATEWAY_URL, CONSOLE_DATABASE_URL, GATEHOUSE_SECRET.
 */
async function main(): Promise<number> {
  const { CONSOLE_URL: consoleUrl, GATEWAY_URL: gatewayUrl } = process.env;
  if (!consoleUrl || !gatewayUrl)
    throw new StartFailure("Set CONSOLE_URL and GATEWAY_URL to the running console and gateway.");
  await seedDemo({ consoleUrl, gatewayUrl, dataDir: dataDirectory() });
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  // Pools that the seed opened would keep the process alive.
  process.exit(await main().catch(reportFailure));
}
