import { patternMatches } from "./authorized-requests.ts";
import type { ParsedPattern } from "./path.ts";

export type NearMiss = { reason: "trailing_slash" | "case" | "spelling"; why: string };

const MAX_TYPOS = 2;

/** How many letters must be changed, added or left out; more than `most` is all the same. */
function typos(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  // Most words share a beginning or an end, and what is between is all there is to compare.
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let end = 0;
  while (end < shorter - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) {
    end++;
  }
  const height = a.length - start - end;
  const width = b.length - start - end;
  if (height === 0 || width === 0) return Math.max(height, width);
  // Two slips next to each other, or with a letter between them: more of a difference is another word.
  if (Math.max(height, width) > 2 * most) return most + 1;
  let before = Array.from({ length: width + 1 }, (_, index) => index);
  for (let i = 1; i <= height; i++) {
    const row = [i];
    for (let j = 1; j <= width; j++) {
      const same = a.charCodeAt(start + i - 1) === b.charCodeAt(start + j - 1);
      const changed = (before[j - 1] as number) + (same ? 0 : 1);
      row[j] = Math.min((before[j] as number) + 1, (row[j - 1] as number) + 1, changed);
    }
    before = row;
  }
  return before[width] as number;
}

/**
 * Whether a path that a pattern does not match looks as if it were meant to: but for a slash too many, for upper and
 * lower case, or for a slip in one word. `filled` are the segments without the empty ones, null when there are none.
 * `why` reads well after the route's name.
 */
export function nearMiss(
  pattern: ParsedPattern,
  segments: readonly string[],
  filled: readonly string[] | null,
): NearMiss | null {
  if (filled) {
    if (patternMatches(pattern, filled)) {
      const trailing = segments.at(-1) === "" && filled.length === segments.length - 1;
      return {
        reason: "trailing_slash",
        why: trailing ? "matches without the slash at the end" : "matches without the doubled slash",
      };
    }
  }
  const parts = pattern.segments;
  const open = parts.at(-1)?.kind === "rest";
  if (open ? segments.length < parts.length - 1 : segments.length !== parts.length) return null;
  let otherCase = -1;
  let misspelt = -1;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as (typeof parts)[number];
    const segment = segments[i];
    if (part.kind === "rest") {
      if (part.min === 1 && !segment) return null;
      break;
    }
    if (!segment) return null;
    if (part.kind === "parameter" || part.value === segment) continue;
    const { value } = part;
    if (value.length === segment.length && value.toLowerCase() === segment.toLowerCase()) otherCase = i;
    else if (misspelt !== -1) return null;
    else misspelt = i;
  }
  // Counting letters is what takes time, so only one word of a route that fits otherwise is looked at.
  if (misspelt !== -1) {
    const value = literalAt(pattern, misspelt);
    const most = Math.min(MAX_TYPOS, value.length - 2);
    if (typos(value, segments[misspelt] as string, MAX_TYPOS) > most) return null;
    return { reason: "spelling", why: `has '${value}' at segment ${misspelt + 1}` };
  }
  if (otherCase === -1) return null;
  const value = literalAt(pattern, otherCase);
  return { reason: "case", why: `upper and lower case differ at segment ${otherCase + 1}: '${value}'` };
}

function literalAt({ segments }: ParsedPattern, index: number): string {
  const part = segments[index];
  return part?.kind === "literal" ? part.value : "";
}
