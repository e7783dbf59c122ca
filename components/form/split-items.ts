/** What separates items that are typed or pasted: words where items have no spaces, else commas and lines. */
export type Separator = "words" | "lines";

const SEPARATORS: Record<Separator, RegExp> = { words: /[\s,;]+/, lines: /[\n\r,;]+/ };

/** The items of a text, without quotes around them and without empty ones. */
export function splitItems(text: string, separator: Separator): string[] {
  return text
    .split(SEPARATORS[separator])
    .map((item) => item.trim().replace(/^(["'])(.*)\1$/, "$2"))
    .filter((item) => item !== "");
}

/** The list with the new items at its end; what is there already is not added again. */
export const withItems = (list: readonly string[], items: readonly string[]): string[] => [
  ...list,
  ...new Set(items.filter((item) => !list.includes(item))),
];
