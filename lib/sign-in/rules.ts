/** How long a new password is, in characters as people count them; the bound keeps a huge one from costing huge work. */
export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 1_024;

/**
 * Why a new password is no good by its length alone; null when that is right. Pure, so that the page says it while the
 * person types. How easily it is guessed is lib/sign-in/password-policy.ts.
 */
export function whyNotLength(password: string): string | null {
  if (!password.isWellFormed()) return "This holds characters that cannot be stored.";
  if (password.length > LONGEST_PASSWORD) return "Use at most 1,024 characters.";
  const length = [...password].length;
  if (length >= SHORTEST_PASSWORD) return null;
  const missing = SHORTEST_PASSWORD - length;
  return `Use at least ${SHORTEST_PASSWORD} characters: ${missing === 1 ? "one is" : `${missing} are`} missing.`;
}
