import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { hashInTurns } from "../compile-in-turns.ts";
import type { GatewayLogger } from "../logger.ts";
import { decodeRecords, type FileKind } from "./records.ts";
import type { Rows } from "./rows.ts";

export const FILE = /^(rows|changes)-(\d{1,12})$/;
/** Records taken before health checks and requests get a turn. */
const RECORDS_AT_ONCE = 8;

/** The generations of which there is any file, the newest first. */
export async function generations(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const found = new Set<number>();
  for (const name of names) {
    const [, , number] = FILE.exec(name) ?? [];
    if (number !== undefined) found.add(Number(number));
  }
  return [...found].sort((a, b) => b - a);
}

/** Whether the last line of a file of rows is the one that its writer ends it with. */
function isFinished(file: Buffer): boolean {
  const header = file.subarray(0, file.indexOf("\n") + 1);
  const last = file.subarray(file.lastIndexOf("\n", -2) + 1);
  return [...decodeRecords<Rows>("rows", Buffer.concat([header, last])).records].some(
    ({ end }) => end === true,
  );
}

/**
 * Reads what was served last, the oldest first; false when there is nothing to read. What is damaged is named in the
 * log and left out: a key that is missing is asked of the database, and a tenant whose revision is missing cannot be
 * decided yet.
 */
export async function readLastGood(
  folder: string,
  logger: GatewayLogger,
  take: (rows: Rows) => Promise<void>,
): Promise<boolean> {
  async function open(kind: FileKind, generation: number): Promise<Buffer | null> {
    const file = `${kind}-${generation}`;
    try {
      const bytes = await readFile(join(folder, file));
      if (decodeRecords(kind, bytes).known) return bytes;
      logger.error({ file, reason: "foreign format" }, "a last-known-good file is ignored");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT") logger.error({ file, reason: code }, "a last-known-good file is unreadable");
    }
    return null;
  }

  async function takeAll(kind: FileKind, generation: number, bytes: Buffer): Promise<void> {
    const { records, damaged } = decodeRecords<Rows>(kind, bytes);
    const finished = kind === "changes" || isFinished(bytes);
    let count = 0;
    for (const rows of records) {
      await take(rows);
      if (++count % RECORDS_AT_ONCE === 0) await breathe();
    }
    if (damaged() === 0 && finished) return;
    logger.error(
      { file: `${kind}-${generation}`, damagedLines: damaged(), finished },
      "a last-known-good file is damaged, and only the rest of it is used",
    );
  }

  const present = await generations(folder);
  let base: { generation: number; bytes: Buffer } | null = null;
  for (const generation of present) {
    const bytes = await open("rows", generation);
    if (!bytes) continue;
    const finished = isFinished(bytes);
    if (finished || !base) base = { generation, bytes };
    if (finished) break;
  }
  if (!base) return false;
  const { generation, bytes } = base;
  await takeAll("rows", generation, bytes);
  for (const later of present.filter((each) => each >= generation).reverse()) {
    const changes = await open("changes", later);
    if (changes) await takeAll("changes", later, changes);
  }
  return true;
}

/** A revision's text by its SHA-256; null when the file is not there or not what it is named after. */
export async function readRevisionFile(
  folder: string,
  content: string,
  logger: GatewayLogger,
): Promise<string | null> {
  const file = `revisions/${content}`;
  try {
    const text = await readFile(join(folder, file), "utf8");
    if ((await hashInTurns(text)) === content) return text;
    logger.error({ file, reason: "checksum" }, "a last-known-good file is ignored");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    logger.error({ file, reason: code }, "a last-known-good file is unreadable");
  }
  return null;
}
