import type { KeyReach } from "#lib/keys/schema.ts";

export const routesText = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "route" : "routes"}`;

/** Why the rights of a key could be narrower; null when it uses most of what it opens, or nothing yet. */
export function narrowingHint({ opened, unused }: Pick<KeyReach, "opened" | "unused">): string | null {
  const used = opened - unused;
  if (used === 0 || unused < 3 || used > opened / 2) return null;
  return `Opens ${routesText(opened)}, used ${used.toLocaleString("en")} in 30 days`;
}
