import type { Notes } from "./notes.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above, but line breaks and tabs are text here
const CONTROL_IN_LINES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** Cut to `max` UTF-16 units without halving a character. */
function clip(text: string, max: number, pointer: string, notes: Notes): string {
  if (text.length <= max) return text;
  notes.add("Shortened", pointer, `is cut to ${max} characters`);
  const cut = text.slice(0, max);
  return (cut.isWellFormed() ? cut : cut.slice(0, -1)).trimEnd();
}

export const clipLine = (text: string, max: number, pointer: string, notes: Notes): string =>
  clip(text.replace(CONTROL, " ").trim(), max, pointer, notes);

export const clipParagraph = (text: string, max: number, pointer: string, notes: Notes): string =>
  clip(text.replace(/\r\n?/g, "\n").replace(CONTROL_IN_LINES, ""), max, pointer, notes);
