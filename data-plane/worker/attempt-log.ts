import type { OutputLine } from "#data-plane/functions-host/index.ts";
import { storable } from "./storable.ts";

/** Of each half of what is kept: the beginning and the end tell more than the middle. */
const HALF_LINES = 100;
const HALF_BYTES = 16_384;
const MAX_LINE_CHARACTERS = 2_000;

type KeptLine = { at: string; level: OutputLine["level"]; message: string };

/** What an attempt wrote, as it is stored with it. */
export type StoredLog = {
  lines: KeptLine[];
  /** Whether a line was shortened or left out. */
  cut: boolean;
  /** How many lines are left out, and after which of those that are here. */
  dropped: number;
  droppedAfter: number;
};

export type AttemptLog = {
  add(line: OutputLine): void;
  /** JSON text to store; null when nothing was written. */
  stored(): string | null;
};

/** Collects what an attempt writes, in bounded memory: the first lines and the last ones. */
export function createAttemptLog(): AttemptLog {
  const head: KeptLine[] = [];
  const tail: { line: KeptLine; bytes: number }[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let headFull = false;
  let shortened = false;
  let dropped = 0;

  return {
    add({ at, level, text }) {
      const long = text.length > MAX_LINE_CHARACTERS;
      shortened ||= long;
      const message = storable(long ? `${text.slice(0, MAX_LINE_CHARACTERS)}…` : text);
      const line: KeptLine = { at: new Date(at).toISOString(), level, message };
      const bytes = Buffer.byteLength(message);
      if (!headFull && head.length < HALF_LINES && headBytes + bytes <= HALF_BYTES) {
        head.push(line);
        headBytes += bytes;
        return;
      }
      headFull = true;
      tail.push({ line, bytes });
      tailBytes += bytes;
      while (tail.length > HALF_LINES || (tailBytes > HALF_BYTES && tail.length > 1)) {
        tailBytes -= (tail.shift() as { bytes: number }).bytes;
        dropped++;
      }
    },
    stored() {
      if (head.length === 0 && tail.length === 0) return null;
      const lines = [...head, ...tail.map(({ line }) => line)];
      const cut = shortened || dropped > 0;
      return JSON.stringify({ lines, cut, dropped, droppedAfter: head.length } satisfies StoredLog);
    },
  };
}
