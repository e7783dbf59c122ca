import { createHash, randomUUID } from "node:crypto";
import { chmod, link, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
/** A writer that has not been heard of for this long is gone, wherever it ran. */
const LOCK_STALE_MS = 30_000;
/** Folders of databases that nobody has written for this long are of no use to anybody. */
const FOLDER_STALE_MS = 30 * 86_400_000;

/** One folder per database, so that no gateway ever serves what another database said. */
export function folderOf(directory: string, databaseUrl: string): string {
  const { hostname: host, port, pathname } = new URL(databaseUrl);
  const name = createHash("sha256")
    .update(`${host}:${port || 5_432}${pathname}`)
    .digest("hex")
    .slice(0, 16);
  return join(directory, name);
}

/** Makes the folders, readable by this user only whatever they were before, and forgets long abandoned ones. */
export async function prepareFolder(directory: string, folder: string): Promise<void> {
  await mkdir(join(folder, "revisions"), { recursive: true, mode: PRIVATE_FOLDER });
  for (const each of [directory, folder, join(folder, "revisions")]) await chmod(each, PRIVATE_FOLDER);
  for (const name of await readdir(directory)) {
    const other = join(directory, name);
    if (!/^[0-9a-f]{16}$/.test(name) || other === folder) continue;
    const info = await stat(join(other, "revisions")).catch(() => null);
    const used = await stat(join(other, "writer")).catch(() => null);
    if (info && Date.now() - Math.max(info.mtimeMs, used?.mtimeMs ?? 0) > FOLDER_STALE_MS) {
      await rm(other, { recursive: true, force: true });
    }
  }
}

/** Writes a file so that it is either there whole, on the disk and not in a cache, or not there at all. */
export async function writeWhole(path: string, content: AsyncIterable<string> | string): Promise<number> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  let size = 0;
  try {
    const file = await open(temporary, "wx", PRIVATE_FILE);
    try {
      for await (const part of typeof content === "string" ? [content] : content) {
        const bytes = Buffer.from(part);
        await file.writeFile(bytes);
        size += bytes.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  return size;
}

/** Makes renames in a folder last through a power cut. Not every file system can. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  await folder.sync().catch(() => {});
  await folder.close();
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Says which of a machine's gateways writes. They all serve the same, so one is enough; when it goes, another takes
 * its place. Two that write at once would do no harm but the work: every file is whole, every row has its version.
 */
export function createWriterLock(folder: string) {
  const path = join(folder, "writer");
  const mine = `${hostname()} ${process.pid} ${randomUUID()}\n`;
  let held = false;

  async function abandoned(): Promise<boolean> {
    const text = await readFile(path, "utf8").catch(() => null);
    const info = await stat(path).catch(() => null);
    if (text === null || !info) return false;
    const [host, pid] = text.split(" ");
    if (host === hostname() && !runs(Number(pid))) return true;
    return Math.abs(Date.now() - info.mtimeMs) > LOCK_STALE_MS;
  }

  async function take(): Promise<boolean> {
    const claim = `${path}.${randomUUID()}.tmp`;
    await writeWhole(claim, mine);
    try {
      await link(claim, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      return false;
    } finally {
      await rm(claim, { force: true });
    }
  }

  return {
    /** Takes the lock or keeps it; false when another gateway writes. Called every few seconds. */
    async hold(): Promise<boolean> {
      if (held && (await readFile(path, "utf8").catch(() => "")) === mine) {
        const now = new Date();
        await utimes(path, now, now);
        return true;
      }
      held = false;
      if (await abandoned()) await rm(path, { force: true });
      held = await take();
      return held;
    },
    async release(): Promise<void> {
      if (held && (await readFile(path, "utf8").catch(() => "")) === mine) await rm(path, { force: true });
      held = false;
    },
  };
}
