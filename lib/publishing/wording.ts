import { canonicalJson } from "#lib/contract/canonical-json.ts";

const MAX_LISTED = 8;
/** A name or a value, set apart; cut when it is long. */
export const code = (value: unknown): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const short = text.length > 120 ? `${text.slice(0, 119)}…` : text;
  return `\`${short.replaceAll("`", "ˋ").replaceAll("\n", " ")}\``;
};
/** Whether two values say the same, whatever the order of their members. */
export const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
/** "3 keys", "1 key". */
export const plural = (count: number, one: string) =>
  `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;

/** Cuts a list of sentences of one sort, so that a thousand origins do not fill a page. */
export function capped(texts: readonly string[], what: string): string[] {
  if (texts.length <= MAX_LISTED) return [...texts];
  return [...texts.slice(0, MAX_LISTED), `${plural(texts.length - MAX_LISTED, what)} more`];
}
