/**
 * What passes between the host, a cell and the cell's thread: one line of text each, a letter for its kind and then
 * JSON. The process in the middle passes most of them on as they are.
 */
export const FRAME = {
  /** Host to thread: run this. */
  call: "C",
  /** Host to thread: what became of a job that a handler asked for. */
  reply: "S",
  /** Host to cell: end the call under way. */
  abort: "A",
  /** Cell to host: a fresh thread is ready. */
  ready: "Y",
  /** Thread to host: what became of the call. */
  result: "R",
  /** The same, and something of the call goes on in the thread. */
  unsettledResult: "U",
  /** The same, and the thread is not to be used again. */
  lastResult: "D",
  /** From a thread in which something goes on: it has begun with the call. */
  begun: "B",
  /** The thread ended, or is about to, before the call did. */
  ended: "E",
  /** Thread to host: a line of output. */
  line: "L",
  /** Thread to host: a handler asks for a job. */
  startNew: "N",
} as const;

/** No frame is longer than this many characters; whoever sends one is broken. */
export const MAX_FRAME = 64 * 1_048_576;

/** Takes text as it comes and gives whole lines; false when a line is longer than any frame may be. */
export function lineReader(take: (line: string) => void): (text: string) => boolean {
  let parts: string[] = [];
  let length = 0;
  return (text) => {
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      const line = text.slice(start, end);
      start = end + 1;
      if (parts.length === 0) take(line);
      else {
        parts.push(line);
        const whole = parts.join("");
        parts = [];
        length = 0;
        take(whole);
      }
    }
    if (start < text.length) {
      parts.push(text.slice(start));
      length += text.length - start;
    }
    return length <= MAX_FRAME;
  };
}
