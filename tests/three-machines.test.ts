import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { readGatewayProcesses, readGatewaySettings } from "#data-plane/env.ts";

const ROOT = path.join(import.meta.dirname, "..");
const textOf = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const page = textOf("docs/three-machines/README.md");
const settings = textOf("docs/deployment.md");

/** The variables of a sample settings file, by the plane whose it is. */
function samples(): Map<string, Map<string, string>> {
  const files = new Map<string, Map<string, string>>();
  let current: Map<string, string> | null = null;
  for (const line of page.split("\n")) {
    const file = /^# \/etc\/gatehouse\/(\w+)\.env/.exec(line)?.[1];
    if (file) {
      current = new Map();
      files.set(file, current);
    }
    if (line.startsWith("```") && !line.startsWith("```sh")) current = null;
    const [, name, value] = /^([A-Z_]+)=(\S+)/.exec(line) ?? [];
    if (name && value) current?.set(name, value);
  }
  return files;
}

test("every setting of the samples is one that docs/deployment.md explains, and every process it starts exists", () => {
  const files = samples();
  assert.deepEqual([...files.keys()], ["common", "gateway", "worker", "console"]);
  for (const [file, variables] of files) {
    for (const [name, value] of variables) {
      if (name === "MAIN") assert.ok(existsSync(path.join(ROOT, value)), value);
      else if (name !== "NODE_ENV") assert.ok(settings.includes(`\`${name}\``), `${file}: ${name}`);
    }
  }
});

test("a gateway takes the samples' settings", () => {
  const files = samples();
  const key = Buffer.alloc(32, 7).toString("base64");
  const environment = {
    ...Object.fromEntries([...(files.get("common") ?? []), ...(files.get("gateway") ?? [])]),
    GATEHOUSE_ENCRYPTION_KEY: key,
  };
  const read = readGatewaySettings(environment);
  assert.equal(read.trustedProxies, 1);
  assert.equal(read.redis?.prefix, "gatehouse");
  assert.equal(readGatewayProcesses(environment), 2);
});

/** Runs a server's own check of a sample, without the certificates that a test does not have. */
function check(
  program: string,
  file: string,
  change: (text: string) => string,
  args: (file: string) => string[],
) {
  const found = ["/usr/sbin", "/usr/local/sbin", "/usr/bin"]
    .map((folder) => path.join(folder, program))
    .find(existsSync);
  const skip = found ? false : `${program} is not installed`;
  test(`${program} accepts its sample`, { skip }, () => {
    const directory = mkdtempSync(path.join(tmpdir(), "gatehouse-samples-"));
    try {
      const copy = path.join(directory, "sample");
      writeFileSync(copy, change(textOf(file)));
      const { status, stderr } = spawnSync(found as string, args(copy), { encoding: "utf8" });
      assert.equal(status, 0, stderr);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}
check(
  "haproxy",
  "docs/three-machines/haproxy.cfg",
  (text) => text.replace(/ ssl crt \S+/, ""),
  (file) => ["-c", "-f", file],
);
check(
  "nginx",
  "docs/three-machines/nginx.conf",
  (text) => text.replace("listen 443 ssl", "listen 18443").replace(/^\s*ssl_certificate.*$/gm, ""),
  (file) => ["-t", "-c", file],
);
