import { createServer } from "node:net";
import { dataDirectory } from "../data-directory.ts";
import { StartFailure } from "../start-failure.ts";

export const HOST = "127.0.0.1";

export type UpSettings = {
  consolePort: number;
  gatewayPort: number;
  /** Undefined when DATABASE_URL names a server of one's own. */
  postgresPort: number | undefined;
  databaseUrl: string | undefined;
  dataDirectory: string;
  consoleUrl: string;
  gatewayUrl: string;
  /** Whether a start without demo data makes some. */
  seedDemo: boolean;
};

/**
 * The settings of `npm run up` from the environment.
 *
 * @throws StartFailure when a port is not a port or two are the same.
 */
export function readSettings(environment = process.env): UpSettings {
  const consolePort = port(environment, "CONSOLE_PORT", 3000);
  const gatewayPort = port(environment, "GATEWAY_PORT", 8080);
  const databaseUrl = environment.DATABASE_URL || undefined;
  const postgresPort = databaseUrl ? undefined : port(environment, "POSTGRES_PORT", 54329);
  const ports = [consolePort, gatewayPort, postgresPort];
  if (new Set(ports).size < ports.length) {
    throw new StartFailure(
      "CONSOLE_PORT, GATEWAY_PORT and POSTGRES_PORT must be different; change one of them.",
    );
  }
  return {
    consolePort,
    gatewayPort,
    postgresPort,
    databaseUrl,
    dataDirectory: dataDirectory(),
    consoleUrl: environment.CONSOLE_URL || `http://${HOST}:${consolePort}`,
    gatewayUrl: environment.GATEWAY_URL || `http://${HOST}:${gatewayPort}`,
    seedDemo: databaseUrl ? environment.SEED_DEMO === "1" : environment.SEED_DEMO !== "0",
  };
}

function port(environment: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = environment[name];
  if (!text) return fallback;
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number >= 1 && number <= 65_535) return number;
  throw new StartFailure(`${name} is "${text}", which is not a port; set it to a number from 1 to 65535.`);
}

/**
 * Makes sure that every port is free.
 *
 * @throws StartFailure that names the port and the variable that changes it.
 */
export async function requireFreePorts(settings: UpSettings): Promise<void> {
  const wanted: [string, number | undefined][] = [
    ["CONSOLE_PORT", settings.consolePort],
    ["GATEWAY_PORT", settings.gatewayPort],
    ["POSTGRES_PORT", settings.postgresPort],
  ];
  for (const [variable, number] of wanted) {
    if (number === undefined) continue;
    const code = await listenError(number);
    if (code === "EADDRINUSE") {
      throw new StartFailure(
        `Port ${number} on ${HOST} is taken; stop what uses it, or set ${variable} to a free port.`,
      );
    }
    if (code) {
      throw new StartFailure(
        `Port ${number} on ${HOST} cannot be used (${code}); set ${variable} to another one.`,
      );
    }
  }
}

function listenError(number: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(number, HOST, () => server.close(() => resolve(undefined)));
  });
}

/** A port on 127.0.0.1 that nobody uses at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(address)));
    });
  });
}
