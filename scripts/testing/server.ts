import { randomBytes } from "node:crypto";
import { chmod, glob, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbedded } from "../database/embedded.ts";
import { RunRecordFile } from "../up/run-record.ts";
import { freePort } from "../up/settings.ts";

const PREFIX = "gatehouse-tests-";

export type TestServer = { url: string; stop(): Promise<void> };

/**
 * A throwaway PostgreSQL on a free port with its files in the system's temporary directory; `url` is the
 * superuser's. Servers of test runs that were killed are cleared away first. It does not wait for the disk unless it
 * is `durable`, which measurements want: without the flush, what is written comes out too fast.
 */
export async function startTestServer({ durable = false } = {}): Promise<TestServer> {
  await clearLeftovers();
  const directory = await mkdtemp(path.join(tmpdir(), PREFIX));
  await chmod(directory, 0o711); // root's server runs as another user, who has to pass through
  const record = new RunRecordFile(directory);
  await record.begin();
  const server = await startEmbedded({
    directory,
    port: await freePort(),
    superuserPassword: randomBytes(16).toString("hex"),
    throwaway: !durable,
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

async function clearLeftovers(): Promise<void> {
  for await (const name of glob(`${PREFIX}*`, { cwd: tmpdir() })) {
    const directory = path.join(tmpdir(), name);
    try {
      await new RunRecordFile(directory).takeOver();
      await rm(directory, { recursive: true, force: true });
    } catch {
      // a run that is still going on, or somebody else's
    }
  }
}
