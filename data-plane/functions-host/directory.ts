import { type FSWatcher, watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

export type FunctionFile = { name: string; path: string };

const FILE = /^([a-z0-9][a-z0-9-]{0,62})\.(mjs|js|ts)$/;
const PREFERENCE = ["mjs", "js", "ts"];
/** Network and container file systems lose watch events; this bounds how long a change goes unseen. */
const POLL_MS = 2_000;
const MAX_ENTRIES = 2_000;
const MAX_DEPTH = 4;
/** An editor writes a file in several steps. */
const SETTLE_MS = 40;

/** The function files of a folder, by name. */
export async function readFunctionFiles(directory: string): Promise<FunctionFile[]> {
  const found = new Map<string, { path: string; rank: number }>();
  const entries = await readdir(directory).catch(() => [] as string[]);
  for (const entry of entries) {
    const [, name, extension] = FILE.exec(entry) ?? [];
    if (name === undefined || extension === undefined) continue;
    const rank = PREFERENCE.indexOf(extension);
    const other = found.get(name);
    if (!other || rank < other.rank) found.set(name, { path: join(directory, entry), rank });
  }
  const files: FunctionFile[] = [];
  for (const [name, { path }] of found) {
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) files.push({ name, path });
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * A text that changes when any file of the folder does, also one that handlers only import. Packages and hidden
 * files do not count, and neither does what lies deeper than anybody looks.
 */
export async function versionOf(directory: string, depth = 0): Promise<string> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const parts: string[] = [];
  for (const entry of entries.slice(0, MAX_ENTRIES)) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (depth < MAX_DEPTH) parts.push(await versionOf(path, depth + 1));
      continue;
    }
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) parts.push(`${path}:${info.mtimeMs}:${info.size}:${info.ino}`);
  }
  return parts.sort().join("\n");
}

/** Calls `changed` soon after anything in the folder may have changed, and every 2 s in any case. */
export function watchDirectory(directory: string, changed: () => void): { close(): void } {
  let watcher: FSWatcher | null = null;
  let settle: NodeJS.Timeout | null = null;
  const nudge = () => {
    settle ??= setTimeout(() => {
      settle = null;
      changed();
    }, SETTLE_MS).unref();
  };
  const open = () => {
    if (watcher) return;
    try {
      watcher = watch(directory, { persistent: false }, nudge);
      watcher.on("error", () => {
        watcher?.close();
        watcher = null;
      });
    } catch {
      watcher = null; // not there yet; polling finds it when it is
    }
  };
  open();
  const poll = setInterval(() => {
    open();
    changed();
  }, POLL_MS).unref();
  return {
    close() {
      clearInterval(poll);
      if (settle) clearTimeout(settle);
      watcher?.close();
    },
  };
}
