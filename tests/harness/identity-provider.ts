import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

export type StartedIdentityProvider = {
  issuer: string;
  /** The settings that make it the console's provider `corp`. */
  environment: Record<string, string>;
  /** What it says of whoever signs in under this name from now on. */
  account(name: string, claims: Record<string, unknown>): Promise<void>;
  stop(): Promise<void>;
};

/** Starts a real identity provider on a free port. It ends with this process. */
export async function startIdentityProvider(): Promise<StartedIdentityProvider> {
  const file = path.join(import.meta.dirname, "identity-provider-process.ts");
  const child: ChildProcess = fork(file, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let complaints = "";
  child.stderr?.on("data", (chunk) => {
    complaints += chunk;
  });
  const ended = once(child, "exit");
  const [told] = (await Promise.race([once(child, "message"), ended])) as [{ issuer?: string }];
  if (typeof told !== "object" || !told?.issuer) throw new Error(`No identity provider:\n${complaints}`);
  const { issuer } = told;
  return {
    issuer,
    environment: {
      OIDC_PROVIDERS: "corp",
      OIDC_CORP_LABEL: "Corp",
      OIDC_CORP_ISSUER: issuer,
      OIDC_CORP_CLIENT_ID: "gatehouse",
      OIDC_CORP_CLIENT_SECRET: "the client secret of the tests",
      OIDC_CORP_TRUST_EMAIL: "1",
      OIDC_CORP_SECOND_FACTOR: "amr:mfa",
    },
    async account(name, claims) {
      const kept = once(child, "message");
      child.send({ account: name, claims });
      await kept;
    },
    async stop() {
      child.kill();
      await ended;
    },
  };
}
