/**
 * Reads JSON whose end was cut off: what had begun is ended, a member without a value is left out, and a number or
 * word that may go on reads "…". Undefined for text that is anything else.
 */
export function readCutJson(text: string): { value: unknown } | undefined {
  const whole = ended(text);
  if (whole === null) return undefined;
  try {
    return { value: JSON.parse(whole) };
  } catch {
    return undefined;
  }
}

/** Where the string that begins at `start` ends; when it does not, up to where it is sound. */
function stringFrom(text: string, start: number): { end: number } | { soundTo: number } {
  let at = start + 1;
  while (at < text.length) {
    if (text[at] === '"') return { end: at };
    const length = text[at] !== "\\" ? 1 : text[at + 1] === "u" ? 6 : 2;
    if (at + length > text.length) break;
    at += length;
  }
  return { soundTo: at };
}

function ended(text: string): string | null {
  /** What would end everything that is open, innermost last. */
  const open: string[] = [];
  /** Up to where there are only whole members. */
  let whole = 0;
  /** Where a number or a word has begun. */
  let word = -1;
  /** Whether the member's name has been read. */
  let named = false;
  const closed = (upTo: string) => upTo + open.toReversed().join("");
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (open.length === 0 && whole > 0) return null;
    switch (character) {
      case '"': {
        const string = stringFrom(text, at);
        const isName = open.at(-1) === "}" && !named;
        if ("soundTo" in string) {
          return closed(isName ? text.slice(0, whole) : `${text.slice(0, string.soundTo)}"`);
        }
        at = string.end;
        if (!isName) whole = at + 1;
        break;
      }
      case "{":
      case "[":
        open.push(character === "{" ? "}" : "]");
        named = false;
        whole = at + 1;
        break;
      case "}":
      case "]":
        if (open.pop() !== character) return null;
        word = -1;
        whole = at + 1;
        break;
      case ":":
        named = true;
        break;
      case ",":
        named = false;
        word = -1;
        whole = at;
        break;
      default:
        if (word === -1 && character.trim() !== "") word = at;
    }
  }
  if (open.length === 0) return null;
  return closed(word === -1 ? text.slice(0, whole) : `${text.slice(0, word)}"…"`);
}
