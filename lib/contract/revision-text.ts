const HEAD = '{"format":1,"routes":[';
const TAIL = "]}";
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;

/** Where the object that begins at `from` ends; -1 when it does not. */
function endOfObject(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = text.indexOf('"', at + 1);
      while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
      if (at === -1) return -1;
    } else if (code === OPEN) depth++;
    else if (code === CLOSE && --depth === 0) return at + 1;
  }
  return -1;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/** Reading many small texts costs more than reading a few longer ones. */
const RUN_LENGTH = 8_192;

/**
 * A revision's routes as texts of JSON arrays, in their order, for reading it in parts. Gives `null` and ends where the
 * text is not written as `serializeRevision` writes it, which says nothing yet about what it means.
 */
export function* routeTexts(content: string): Generator<string | null, void> {
  if (!content.startsWith(HEAD) || !content.endsWith(TAIL)) return yield null;
  const last = content.length - TAIL.length;
  let run = HEAD.length;
  for (let at = HEAD.length; at < last; ) {
    const end = content.charCodeAt(at) === OPEN ? endOfObject(content, at) : -1;
    const ended = end === last;
    if (end === -1 || end > last) return yield null;
    if (!ended && (content.charCodeAt(end) !== COMMA || end + 1 === last)) return yield null;
    if (ended || end - run >= RUN_LENGTH) {
      yield `[${content.slice(run, end)}]`;
      run = end + 1;
    }
    at = end + 1;
  }
}
