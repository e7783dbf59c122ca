"use client";
import { fetchedWhenShown } from "./fetched-ahead.tsx";
import { CONTROL } from "./input.tsx";
import type { Option } from "./select.tsx";

export type MultiComboboxProps = {
  options: readonly Option[];
  /** The chosen values, in the order in which they were chosen. One that is not among the options is kept. */
  value: readonly string[];
  onValueChange: (value: string[]) => void;
  /** Told what is typed, where the options are found by the server. */
  onSearch?: (text: string) => void;
  placeholder?: string;
  /** Said when nothing matches what was typed. */
  empty?: string;
  "aria-label"?: string;
  disabled?: boolean;
};

/** Several of many, found by typing; each choice is a chip that can be taken away. Fetched after the page. */
export const MultiCombobox = fetchedWhenShown<MultiComboboxProps>(
  () => import("./combobox-list.tsx").then((module) => module.ComboboxList),
  <div aria-hidden className={`${CONTROL} h-8 pointer-coarse:h-10`} />,
);
