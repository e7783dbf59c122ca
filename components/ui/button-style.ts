import { cx } from "./cx.ts";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "small" | "medium";

const BASE =
  "inline-flex shrink-0 select-none items-center justify-center gap-1.5 rounded-md border font-medium text-sm " +
  "whitespace-nowrap transition-colors aria-disabled:cursor-not-allowed";

const VARIANTS: Record<ButtonVariant, string> = {
  primary:
    "border-transparent bg-accent text-on-accent hover:not-aria-disabled:bg-accent-hover " +
    "aria-disabled:bg-hover aria-disabled:text-faint aria-disabled:border-line",
  secondary:
    "border-line bg-canvas text-text hover:not-aria-disabled:bg-hover aria-disabled:text-faint aria-disabled:bg-surface",
  quiet:
    "border-transparent text-muted hover:not-aria-disabled:bg-hover hover:not-aria-disabled:text-text aria-disabled:text-faint",
  danger:
    "border-transparent bg-bad-fill text-on-accent hover:not-aria-disabled:bg-bad-fill-hover " +
    "aria-disabled:bg-hover aria-disabled:text-faint aria-disabled:border-line",
};

/** How anything that looks like a button looks; `square` is for an icon alone. */
export function buttonStyle(variant: ButtonVariant, size: ButtonSize, square = false): string {
  const measure = size === "small" ? "h-7 pointer-coarse:h-9" : "h-8 pointer-coarse:h-10";
  const width = square
    ? size === "small"
      ? "w-7 pointer-coarse:w-9"
      : "w-8 pointer-coarse:w-10"
    : size === "small"
      ? "px-2"
      : "px-3";
  return cx(BASE, VARIANTS[variant], measure, width);
}
