"use client";
import { fetchedWhenShown } from "./fetched-ahead.tsx";
import { CONTROL } from "./input.tsx";
import type { Option } from "./select.tsx";

export type SuggestProps = {
  options: readonly Option[];
  value: string;
  /** Any text may be typed, one of the options or not. */
  onValueChange: (value: string) => void;
  placeholder?: string;
  /** Said when nothing matches what was typed. */
  empty?: string;
  "aria-label"?: string;
};

/** One line of text with what it usually is on offer; anything else may be typed as well. Fetched after the page. */
export const Suggest = fetchedWhenShown<SuggestProps>(
  () => import("./suggest-list.tsx").then((module) => module.SuggestList),
  <div aria-hidden className={`${CONTROL} h-8 pointer-coarse:h-10`} />,
);
