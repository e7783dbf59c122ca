import { hash } from "node:crypto";

/**
 * A file of records: a header line that names its kind and format, then one line per record, the SHA-256 of its JSON
 * in front. A line that is torn or changed is recognised on its own, and costs nothing but itself.
 */
export type FileKind = "rows" | "changes";
const FORMAT = 2;
const DIGEST_LENGTH = 44;
const NEW_LINE = 0x0a;
const SPACE = 0x20;

export const headerOf = (kind: FileKind): string => `gatehouse-last-good ${FORMAT} ${kind}\n`;

/** One record as its line. */
export function encodeRecord(record: unknown): string {
  const json = JSON.stringify(record);
  return `${hash("sha256", json, "base64")} ${json}\n`;
}

export type Records<T> = {
  /** The file is of this kind and format; nothing in it counts otherwise. */
  known: boolean;
  records: Iterable<T>;
  /** Lines that were not what was written; complete once `records` has been read to its end. */
  damaged: () => number;
};

/** Reads the good records of a file, in order. Whatever has happened to the file, nothing else comes out of it. */
export function decodeRecords<T>(kind: FileKind, file: Buffer): Records<T> {
  const header = Buffer.from(headerOf(kind));
  const known = file.subarray(0, header.length).equals(header);
  let damaged = 0;
  function* read(): Generator<T> {
    for (let start = header.length; known && start < file.length; ) {
      const end = file.indexOf(NEW_LINE, start);
      const line = file.subarray(start, end === -1 ? file.length : end);
      start = end === -1 ? file.length : end + 1;
      const json = line.subarray(DIGEST_LENGTH + 1);
      const good =
        end !== -1 &&
        line[DIGEST_LENGTH] === SPACE &&
        hash("sha256", json, "base64") === line.toString("latin1", 0, DIGEST_LENGTH);
      if (good) yield JSON.parse(json.toString()) as T;
      else damaged++;
    }
  }
  return { known, records: read(), damaged: () => damaged };
}
