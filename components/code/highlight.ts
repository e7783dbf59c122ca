export type Piece = { text: string; kind: "plain" | "string" | "number" | "word" | "name" | "note" };

const SHELL =
  /(?<note>#.*$)|(?<string>"(?:[^"\\]|\\.)*"|'[^']*')|(?<name>\$\{?\w+\}?|(?<=\s)--?[A-Za-z][\w-]*)|(?<word>\bcurl\b|\bexport\b)|(?<number>https?:\/\/[^\s"'\\]+)/gm;
const JSON_TEXT =
  /(?<name>"(?:[^"\\]|\\.)*"(?=\s*:))|(?<string>"(?:[^"\\]|\\.)*")|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>\btrue\b|\bfalse\b|\bnull\b)/g;

/** Cuts a text into pieces to colour: enough for curl lines and JSON, which is what the console shows. */
export function highlight(text: string, language: "shell" | "json" | "text"): Piece[] {
  if (language === "text") return [{ text, kind: "plain" }];
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(language === "shell" ? SHELL : JSON_TEXT)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), kind: "plain" });
    const [kind] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? ["plain"];
    pieces.push({ text: match[0], kind: kind as Piece["kind"] });
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), kind: "plain" });
  return pieces;
}
