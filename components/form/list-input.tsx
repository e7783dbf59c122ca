"use client";
import { X } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { cx } from "#components/ui/cx.ts";
import { useFieldParts } from "#components/ui/field-parts.ts";
import { CONTROL } from "#components/ui/input.tsx";
import { type Separator, splitItems, withItems } from "./split-items.ts";
import { useAfterPress } from "./use-after-press.ts";

type ListInputProps = {
  value: readonly string[];
  onValueChange: (value: string[]) => void;
  /** What ends an item while typing and separates pasted ones. */
  separator: Separator;
  placeholder?: string;
  /** Offered by the browser while typing. */
  suggestions?: readonly string[];
  /** The places of items that were refused. */
  invalid?: readonly number[];
  mono?: boolean;
};

/** A list of short texts inside a Field: typed one after the other, pasted several at once, each taken away by itself. */
export function ListInput({
  value,
  onValueChange,
  separator,
  placeholder,
  suggestions,
  invalid = [],
  mono = true,
}: ListInputProps) {
  const [typed, setTyped] = useState("");
  const [said, setSaid] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();

  const add = (text: string) => {
    const items = splitItems(text, separator);
    setTyped("");
    if (items.length === 0) return;
    const next = withItems(value, items);
    const added = next.length - value.length;
    setSaid(added === 1 ? `Added ${next.at(-1)}` : `Added ${added}`);
    if (added) onValueChange(next);
  };
  const addTyped = useAfterPress(() => add(typed));
  const remove = (index: number) => {
    setSaid(`Removed ${value[index]}`);
    onValueChange(value.filter((_, place) => place !== index));
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const ends = ["Enter", ",", ";"].includes(event.key) || (event.key === " " && separator === "words");
    if (ends && typed.trim() !== "") {
      event.preventDefault();
      add(typed);
    } else if (ends && event.key !== "Enter") event.preventDefault();
    else if (event.key === "Backspace" && typed === "" && value.length > 0) remove(value.length - 1);
  };
  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData("text");
    if (splitItems(text, separator).length < 2) return;
    event.preventDefault();
    add(typed + text);
  };

  return (
    <div
      className={cx(
        CONTROL,
        "flex min-h-8 flex-wrap items-center gap-1 px-1 py-0.5 focus-within:outline-2 focus-within:outline-focus focus-within:-outline-offset-1 pointer-coarse:min-h-10",
        invalid.length > 0 && "border-bad",
      )}
    >
      {value.length > 0 ? (
        <ul className="contents">
          {value.map((item, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: items are plain texts that may repeat
              key={`${index} ${item}`}
              className={cx(
                "flex h-6 max-w-full items-center gap-0.5 rounded-sm pl-1.5 text-xs",
                mono && "font-mono",
                invalid.includes(index) ? "bg-bad-tint text-bad" : "bg-hover text-text",
              )}
            >
              <span className="truncate">{item}</span>
              <button
                type="button"
                aria-label={`Remove ${item}`}
                onClick={() => remove(index)}
                className="flex size-6 shrink-0 items-center justify-center rounded-sm text-muted hover:text-text"
              >
                <X aria-hidden size={12} />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <input
        {...useFieldParts()}
        ref={input}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onBlur={addTyped}
        placeholder={value.length ? "" : placeholder}
        list={suggestions ? listId : undefined}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        className={cx("h-6 min-w-24 flex-1 bg-transparent px-1.5 outline-none", mono && "font-mono")}
      />
      {suggestions ? (
        <datalist id={listId}>
          {suggestions
            .filter((one) => !value.includes(one))
            .map((one) => (
              <option key={one} value={one} />
            ))}
        </datalist>
      ) : null}
      <span role="status" className="sr-only">
        {said}
      </span>
    </div>
  );
}
