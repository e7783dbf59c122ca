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
  let otherCase: NearMiss | null = null;
  let misspelt: NearMiss | null = null;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as (typeof parts)[number];
    const segment = segments[i];
    if (part.kind === "rest") {
      if (part.min === 1 && !segment) return null;
      break;
    }
    if (!segment) return null;
    if (part.kind === "parameter" || part.value === segment) continue;
    if (part.value.toLowerCase() === segment.toLowerCase()) {
      otherCase = { reason: "case", why: `upper and lower case differ at segment ${i + 1}: '${part.value}'` };
      continue;
    }
    if (misspelt || typos(part.value, segment, MAX_TYPOS) > Math.min(MAX_TYPOS, part.value.length - 2))
      return null;
    misspelt = { reason: "spelling", why: `has '${part.value}' at segment ${i + 1}` };
  }
  return misspelt ?? otherCase;
}
