import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { eventually } from "#tests/harness/eventually.ts";
import { gatewayFixture, testRoute } from "#tests/harness/gateway.ts";

const run = promisify(execFile);

/** A file system of 512 kB, or why there can be none here. */
async function smallDisk(): Promise<{ folder: string; remove(): Promise<void> } | string> {
  if (process.platform !== "linux") return "only Linux can mount a small file system for a test";
  const folder = await mkdtemp(path.join(tmpdir(), "full-disk-"));
  try {
    await run("mount", ["-t", "tmpfs", "-o", "size=512k,mode=0700", "gatehouse-test", folder]);
  } catch (error) {
    await rm(folder, { recursive: true });
    return `a small file system cannot be mounted here: ${(error as Error).message.split("\n")[1] ?? ""}`;
  }
  return {
    folder,
    async remove() {
      await run("umount", ["-l", folder]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

test("a disk that is full costs a line in the log; serving goes on, and room is enough to have everything kept again", async (t) => {
  const disk = await smallDisk();
  if (typeof disk === "string") return t.skip(disk);
  const { folder } = disk;
  const filler = path.join(folder, "filler");
  const fixture = await gatewayFixture({
    functions: { "echo.mjs": "export const handler = () => ({ ok: true });" },
    stateDirectory: path.join(folder, "gateway"),
  });
  const target = { type: "function", function: "echo" } as const;
  const status = async (at: string) => (await fetch(`${fixture.url}/gw/acme${at}`)).status;
  const failing = async () => {
    const text = await (await fetch(`${fixture.gateway.metricsAddress}/metrics`)).text();
    return /^gatehouse_gateway_files_failing 1$/m.test(text);
  };
  try {
    const acme = await fixture.tenant("acme");
    await fixture.served(acme, await fixture.publish(acme, [testRoute({ path: "/a", target })]));
    await eventually("the files", async () => (await readdir(path.join(folder, "gateway"))).length > 0);
    for (let size = 1_048_576; size >= 512; size /= 2) {
      await writeFile(filler, Buffer.alloc(size), { flag: "a" }).catch(() => {});
    }
    const description = "x".repeat(2_000);
    const routes = [...Array(60)].map((_, n) => testRoute({ path: `/b/${n}`, target, description }));
    await fixture.served(acme, await fixture.publish(acme, routes));
    await eventually("a word about it", failing);
    assert.equal(await status("/b/7"), 200);
    assert.equal((await fetch(`${fixture.url}/readyz`)).status, 200);
    const said = fixture.lines.filter(({ message }) => message.startsWith("last-known-good files cannot"));
    assert.deepEqual(
      said.map(({ reason }) => reason),
      ["ENOSPC"],
    );
    await rm(filler);
    await eventually("everything to be kept again", async () => !(await failing()), 20_000);
    const kept = await readdir(path.join(folder, "gateway"), { recursive: true });
    assert.deepEqual(
      kept.filter((name) => name.endsWith(".tmp")),
      [],
      "nothing half written is left",
    );
  } finally {
    await fixture.close();
    await disk.remove();
  }
});
