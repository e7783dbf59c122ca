import { cx } from "#components/ui/cx.ts";

type Placed = { phone?: "lead" | "hide"; hideHeader?: boolean };

/** On a phone, what does not lead the block stands under it on a line of its own, after its column's name. */
export function phoneLine(column: Placed): string {
  if (column.phone === "lead")
    return cx("max-sm:min-w-0 max-sm:px-1", column.hideHeader && "max-sm:not-first:ml-auto");
  return "max-sm:order-1 max-sm:flex max-sm:w-full max-sm:items-baseline max-sm:gap-2 max-sm:text-left max-sm:before:w-24 max-sm:before:shrink-0 max-sm:before:font-sans max-sm:before:text-muted max-sm:before:text-xs max-sm:before:content-[attr(data-label)]";
}
