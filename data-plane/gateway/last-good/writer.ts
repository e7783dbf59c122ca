import { open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { GatewayLogger } from "../logger.ts";
import { createWriterLock, prepareFolder, syncFolder, writeWhole } from "./folder.ts";
import { FILE, generations } from "./reader.ts";
import { encodeRecord, headerOf } from "./records.ts";
import type { Rows } from "./rows.ts";

const LOCK_EVERY_MS = 5_000;
/** A disk that refused is asked again this much later. */
const RETRY_MS = 10_000;
const COMPLAIN_EVERY_MS = 60_000;
/** Changes are folded into the rows once they are this much, and half as much as the rows. */
const MIN_CHANGES_BYTES = 4 * 1024 * 1024;
/** Revisions of a publish under way elsewhere are not yet named by any row. */
const REVISION_GRACE_MS = 600_000;

export type WriterOptions = {
  directory: string;
  folder: string;
  /** Everything that is served, in parts of a size that may be made between two requests. */
  everything: () => Iterable<Rows>;
  /** The SHA-256s of all revisions in force. */
  revisions: () => Set<string>;
  /** Asks the database for revisions by their SHA-256s, a few at a time; those it no longer has stay away. */
  fetchTexts: (contents: ReadonlySet<string>) => AsyncIterable<[content: string, text: string]>;
  logger: GatewayLogger;
};

/**
 * Keeps the files in step with what is served, off the request's path. A change appends a line; from time to time
 * everything is written anew. Nothing that goes wrong here reaches a request: it is said once a minute, and once the
 * disk takes writes again everything is written anew.
 */
export function createWriter({
  directory,
  folder,
  everything,
  revisions,
  fetchTexts,
  logger,
}: WriterOptions) {
  const lock = createWriterLock(folder);
  let waiting: Rows[] = [];
  const texts = new Map<string, string>();
  let begun = false;
  let mine = false;
  let prepared = false;
  let wantsAll = true;
  let generation = 0;
  let rowsBytes = 0;
  let changesBytes = 0;
  let notBefore = 0;
  let complainedAt = Number.NEGATIVE_INFINITY;
  let failing = false;
  let working: Promise<void> | null = null;
  let stopped = false;

  async function clean(): Promise<void> {
    for (const name of await readdir(folder)) {
      const [, , number] = FILE.exec(name) ?? [];
      const old =
        number === undefined
          ? name.endsWith(".tmp") && !name.startsWith("writer.")
          : Number(number) < generation;
      if (old) await rm(join(folder, name), { force: true });
    }
    const needed = revisions();
    for (const name of await readdir(join(folder, "revisions"))) {
      if (needed.has(name)) continue;
      const path = join(folder, "revisions", name);
      const info = await stat(path).catch(() => null);
      if (info && Date.now() - info.mtimeMs > REVISION_GRACE_MS) await rm(path, { force: true });
    }
  }

  async function writeTexts(): Promise<void> {
    for (const [content, text] of [...texts]) {
      const path = join(folder, "revisions", content);
      const known = await stat(path).catch(() => null);
      if (known?.size !== Buffer.byteLength(text)) await writeWhole(path, text);
      texts.delete(content);
    }
  }

  async function* allLines(): AsyncGenerator<string> {
    yield headerOf("rows");
    for (const rows of everything()) yield encodeRecord(rows);
    yield encodeRecord({ end: true } satisfies Rows);
  }

  async function writeAll(): Promise<void> {
    wantsAll = false;
    // What changes from here on is appended beside the new rows, which may or may not hold it already.
    waiting = [];
    const next = Math.max(generation, (await generations(folder))[0] ?? 0) + 1;
    await writeTexts();
    const missing = revisions();
    for (const name of await readdir(join(folder, "revisions"))) missing.delete(name);
    for await (const [content, text] of fetchTexts(missing)) {
      texts.set(content, text);
      await writeTexts();
    }
    rowsBytes = await writeWhole(join(folder, `rows-${next}`), allLines());
    await syncFolder(folder);
    generation = next;
    changesBytes = 0;
    await clean();
  }

  async function append(): Promise<void> {
    const batch = waiting;
    waiting = [];
    await writeTexts();
    const header = changesBytes === 0 ? headerOf("changes") : "";
    const bytes = Buffer.from(header + batch.map(encodeRecord).join(""));
    const file = await open(join(folder, `changes-${generation}`), "a", 0o600);
    try {
      await file.writeFile(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    changesBytes += bytes.length;
    if (changesBytes > Math.max(MIN_CHANGES_BYTES, rowsBytes / 2)) wantsAll = true;
  }

  async function work(): Promise<void> {
    try {
      if (!prepared) {
        await prepareFolder(directory, folder);
        prepared = true;
      }
      if (!mine) {
        mine = await lock.hold();
        if (!mine) return;
        wantsAll = true;
      }
      while (wantsAll || waiting.length > 0) await (wantsAll ? writeAll() : append());
      if (failing) logger.info({}, "last-known-good files are written again");
      failing = false;
    } catch (error) {
      prepared = false;
      wantsAll = true;
      failing = true;
      waiting = [];
      texts.clear();
      notBefore = performance.now() + RETRY_MS;
      if (performance.now() - complainedAt >= COMPLAIN_EVERY_MS) {
        complainedAt = performance.now();
        const { code, message } = error as NodeJS.ErrnoException;
        logger.error(
          { reason: code ?? message, directory },
          "last-known-good files cannot be written; serving goes on, but a restart without the database would not",
        );
      }
    }
  }

  function nudge(): void {
    if (!begun || working || stopped || performance.now() < notBefore) return;
    if (mine && !wantsAll && waiting.length === 0) return;
    working = work().finally(() => {
      working = null;
      if (mine && waiting.length > 0) nudge();
    });
  }

  /** Keeps the lock, or finds that it was lost, and lets the next attempt come. */
  async function tend(): Promise<void> {
    if (mine) mine = await lock.hold().catch(() => false);
    if (!mine) texts.clear();
  }

  const timer = setInterval(() => {
    if (!begun || working || stopped) return;
    working = tend().finally(() => {
      working = null;
      nudge();
    });
  }, LOCK_EVERY_MS);
  timer.unref();

  return {
    /** From now on what is served comes from the database, and is worth keeping. */
    begin(): void {
      begun = true;
      nudge();
    },
    /** Keeps what has changed. `texts` are revisions by their SHA-256. */
    note(rows: Rows, revisionTexts: ReadonlyMap<string, string>): void {
      if (mine || !failing) for (const [content, text] of revisionTexts) texts.set(content, text);
      if (mine && !wantsAll) waiting.push(rows);
      nudge();
    },
    /** Something that the files hold is no more. */
    renew(): void {
      wantsAll = true;
      nudge();
    },
    failing: () => failing,
    async stop(): Promise<void> {
      clearInterval(timer);
      await working;
      if (begun && mine && (wantsAll || waiting.length > 0)) await work();
      stopped = true;
      await lock.release().catch(() => {});
    },
    /** Resolves when everything noted so far is on the disk, or could not be written. */
    async settled(): Promise<void> {
      while (working) await working;
    },
  };
}
