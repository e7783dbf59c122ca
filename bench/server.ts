import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbedded } from "#scripts/database/embedded.ts";
import { RunRecordFile } from "#scripts/up/run-record.ts";
import { freePort } from "#scripts/up/settings.ts";

/** Begins as the tests' folders do, so that the next test run clears away what a killed measurement left. */
const PREFIX = "gatehouse-tests-bench-";

/**
 * An empty PostgreSQL with the settings of `npm run up`; `url` is the superuser's. The tests' own server does not
 * wait for the disk, and a publish or a revocation that is measured without its flush comes out too fast.
 */
export async function startDurableServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(path.join(tmpdir(), PREFIX));
  await chmod(directory, 0o711); // root's server runs as another user, who has to pass through
  const record = new RunRecordFile(directory);
  await record.begin();
  const server = await startEmbedded({
    directory,
    port: await freePort(),
    superuserPassword: randomBytes(16).toString("hex"),
    onSpawn: (pid) => record.note("postgres", pid),
  });
  return {
    url: server.superuserUrl,
    stop: async () => {
      await server.child.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
