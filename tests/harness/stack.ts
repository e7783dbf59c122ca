import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { testDatabase } from "./database.ts";
import { type StartedIdentityProvider, startIdentityProvider } from "./identity-provider.ts";
import { type StartedProcess, startConsole, startGateway, startWorker } from "./processes.ts";

export type StartedStack = {
  consoleUrl: string;
  gatewayUrl: string;
  /** The demo's accounts and keys, as `npm run up` writes them. */
  demoFile: string;
  stop(): Promise<void>;
};

/** Console, gateway, worker and an identity provider on free ports, against a database of their own that holds the demo. */
export async function startDemoStack(): Promise<StartedStack> {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), "gatehouse-stack-"));
  const database = await testDatabase();
  const started: StartedProcess[] = [];
  let provider: StartedIdentityProvider | undefined;
  const stop = async () => {
    for (const one of started.reverse()) await one.stop();
    await provider?.stop();
    await database.close();
    await rm(dataDirectory, { recursive: true, force: true });
  };
  try {
    const secret = randomBytes(32).toString("base64url");
    const encryption = { GATEHOUSE_ENCRYPTION_KEY: randomBytes(32).toString("base64") };
    // Journeys receive webhooks on this machine.
    const inside = { ALLOW_INTERNAL_UPSTREAMS: "1" };
    const gateway = await startGateway(database, { dataDirectory, environment: encryption });
    started.push(gateway);
    started.push(await startWorker(database, { dataDirectory, environment: { ...encryption, ...inside } }));
    provider = await startIdentityProvider();
    const environment = {
      ...encryption,
      ...inside,
      ...provider.environment,
      GATEHOUSE_SECRET: secret,
      GATEWAY_URL: gateway.url,
    };
    // Browsers give passkeys to a name, and to no IP address.
    const console = await startConsole(database, { host: "localhost", dataDirectory, environment });
    started.push(console);
    await seed({
      ...database.environment,
      ...environment,
      CONSOLE_URL: console.url,
      GATEHOUSE_DATA_DIR: dataDirectory,
    });
    return {
      consoleUrl: console.url,
      gatewayUrl: gateway.url,
      demoFile: path.join(dataDirectory, "demo.json"),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function seed(environment: Record<string, string>): Promise<void> {
  const script = path.join(import.meta.dirname, "../../scripts/seed.ts");
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`The demo could not be made:\n${output}`);
}
