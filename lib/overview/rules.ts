import type { Overview } from "./schema.ts";

type CappedCount = Overview["activeKeys"];

/** A count as people read it: `41`, `1,204`, and `10,000+` where counting stopped. */
export function countText({ count, capped }: CappedCount): string {
  return count.toLocaleString("en") + (capped ? "+" : "");
}

/** The same with its noun: `1 job`, `10,000+ jobs`. */
export function countOf(count: CappedCount, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count.count === 1 && !count.capped ? one : many}`;
}
