import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

const NAMES = ["valkey-server", "redis-server"];

/** The path of an installed Valkey or Redis; undefined when there is none. */
export function findRedis(): string | undefined {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) =>
    existsSync(file),
  );
}

/**
 * Installs a Redis for the tests where that leaves nothing running (a container of Debian's, as root). Where it cannot,
 * the tests that need one say so and are left out.
 */
export function provideRedis(say: (line: string) => void): void {
  if (findRedis() || process.getuid?.() !== 0 || existsSync("/run/systemd/system")) return;
  if (!existsSync("/usr/bin/apt-get")) return;
  say("No Redis found; installing the system's for the tests of shared limits …");
  const options = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  spawnSync("apt-get", ["update", "-q"], { ...options, timeout: 120_000 });
  spawnSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", "redis-server"], {
    ...options,
    timeout: 180_000,
  });
}
