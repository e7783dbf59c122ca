import path from "node:path";
import type { Plane } from "../database/roles.ts";
import type { Child, ChildOptions } from "./child.ts";

const ROOT = path.join(import.meta.dirname, "../..");

export type PlaneSettings = {
  /** The database address of the plane's own, least-privileged user. */
  databaseUrl: string;
  /** 0 lets the gateway choose; the worker has none. */
  port: number;
  environment?: Record<string, string>;
  logFile?: string;
};

/** How to start one process of a plane, and how to tell that it is ready. */
export function planeProcess(plane: Plane, settings: PlaneSettings): ChildOptions {
  const common = {
    name: plane,
    command: process.execPath,
    cwd: ROOT,
    readyTimeoutMs: 30_000,
    stopSignal: "SIGTERM" as const,
    stopTimeoutMs: 15_000,
    ...(settings.logFile === undefined ? {} : { logFile: settings.logFile }),
  };
  const env = planeEnvironment(plane, settings);
  switch (plane) {
    case "console":
      return {
        ...common,
        args: ["scripts/console.ts"],
        env,
        ready: async (child) => child.message("console ready") !== undefined,
      };
    case "gateway":
      return {
        ...common,
        args: ["data-plane/gateway/main.ts"],
        env,
        ready: async (child) => child.message("gateway ready") !== undefined,
      };
    case "worker":
      return {
        ...common,
        args: ["data-plane/worker/main.ts"],
        env,
        ready: async (child) => child.message("worker ready") !== undefined,
      };
  }
}

/** Where a started gateway listens. */
export const gatewayAddress = (child: Child) => String(child.message("gateway ready")?.address);

/**
 * A process sees its own database address and nobody else's, and only the console the secret that signs sessions. The
 * key to sealed secrets is everybody's: issuers' for the gateway, webhooks' for the worker.
 */
function planeEnvironment(plane: Plane, settings: PlaneSettings): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production", ...settings.environment };
  for (const name of Object.keys(env)) {
    if (name.endsWith("DATABASE_URL") || name.startsWith("npm_") || name === "NODE_CHANNEL_FD")
      delete env[name];
  }
  // How people sign in is the console's business alone.
  const consoleOnly = (name: string) => name === "GATEHOUSE_SECRET" || name.startsWith("OIDC_");
  if (plane !== "console") for (const name of Object.keys(env)) if (consoleOnly(name)) delete env[name];
  delete env.NODE_CHANNEL_SERIALIZATION_MODE;
  env[`${plane.toUpperCase()}_DATABASE_URL`] = settings.databaseUrl;
  if (plane !== "worker") env[`${plane.toUpperCase()}_PORT`] = String(settings.port);
  return env;
}
