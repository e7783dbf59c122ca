import { type FSWatcher, watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

export type FunctionFile = { name: string; path: string; version: string };

const FILE = /^([a-z0-9][a-z0-9-]{0,62})\.(mjs|js|ts)$/;
const PREFERENCE = ["mjs", "js", "ts"];
/** Network and container file systems lose watch events; this bounds how long a change goes unseen. */
const POLL_MS = 2_000;
/** An editor writes a file in several steps. */
const SETTLE_MS = 40;

/** The function files of a folder, by name, each with a version that changes when the file does. */
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
    if (info?.isFile()) files.push({ name, path, version: `${path}:${info.mtimeMs}:${info.size}` });
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
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
