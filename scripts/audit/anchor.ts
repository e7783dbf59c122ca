import { readFile, rename, writeFile } from "node:fs/promises";
import type { ChainEnd, ChainKind } from "#lib/audit/chain.ts";
import { StartFailure } from "../start-failure.ts";

/** The ends of chains as they were written down outside the database, by kind and id. */
export type Anchor = Map<string, ChainEnd>;

export const anchorKey = (kind: ChainKind, id: string) => `${kind} ${id}`;

const LINE = /^(tenant|person) ([0-9a-f-]{36}) (\d{1,15}) ([0-9a-f]{64})$/;

/** Reads an anchor; null when there is no such file yet. Throws StartFailure when it is not one. */
export async function readAnchor(file: string): Promise<Anchor | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new StartFailure(`The anchor ${file} cannot be read (${error.code}).`);
  });
  if (text === null) return null;
  const anchor: Anchor = new Map();
  for (const [at, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const [, kind, id, seq, hash] = LINE.exec(line) ?? [];
    if (!kind || !id || !seq || !hash) {
      throw new StartFailure(
        `Line ${at + 1} of ${file} is not a line of an anchor; give the file that was written.`,
      );
    }
    anchor.set(anchorKey(kind as ChainKind, id), { seq: Number(seq), hash: Buffer.from(hash, "hex") });
  }
  return anchor;
}

/** Writes an anchor in one step, so that it is there whole or as it was. */
export async function writeAnchor(file: string, anchor: Anchor): Promise<void> {
  const lines = [...anchor].map(([key, { seq, hash }]) => `${key} ${seq} ${hash.toString("hex")}`);
  const head =
    "# Ends of audit chains: kind, id, number of the last entry, its hash. Keep it where the database's administrators cannot write.";
  await writeFile(`${file}.new`, `${[head, ...lines].join("\n")}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
