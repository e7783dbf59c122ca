const LENGTH = 7;
const COMMON = new Set("etaoinsrhld ");

const rarity = (character: string) => (COMMON.has(character) ? 0 : /[a-z]/.test(character) ? 1 : 3);

/**
 * The stretch of a text that is likely to be found in the fewest names: digits before rare letters before common
 * ones. An index of three-letter groups reads one long list per group, so that a long text costs more to look up
 * than its rarest part. A short text is its own.
 */
export function rarestPart(text: string): string {
  const characters = [...text];
  if (characters.length <= LENGTH) return text;
  let best = 0;
  let bestScore = -1;
  for (let start = 0; start + LENGTH <= characters.length; start++) {
    const score = characters.slice(start, start + LENGTH).reduce((sum, one) => sum + rarity(one), 0);
    if (score > bestScore) [best, bestScore] = [start, score];
  }
  return characters.slice(best, best + LENGTH).join("");
}
