"use client";
import { ChevronDown, ChevronRight, Search } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { CopyButton } from "#components/ui/copy.tsx";
import { cx } from "#components/ui/cx.ts";
import { INK } from "./code-block.tsx";
import { findInJson, type JsonRow, type JsonValue, jsonRows } from "./json-rows.ts";

const LIMIT = 2_000;

/** A JSON document: coloured, foldable, searchable, copied as a whole. */
export function JsonView({ value, label }: { value: JsonValue; label: string }) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const found = useMemo(() => new Set(findInJson(value, wanted)), [value, wanted]);
  // What was found must be seen, whatever is folded.
  const open = useMemo(
    () => new Set([...folded].filter((pointer) => ![...found].some((hit) => hit.startsWith(`${pointer}/`)))),
    [folded, found],
  );
  const rows = useMemo(() => jsonRows(value, open, LIMIT), [value, open]);

  const toggle = (pointer: string) =>
    setFolded((before) => {
      const after = new Set(before);
      if (!after.delete(pointer)) after.add(pointer);
      return after;
    });

  return (
    <figure className="min-w-0 overflow-hidden rounded-md border bg-surface">
      <figcaption className="flex h-9 items-center gap-2 border-b pr-1 pl-3 text-muted text-xs pointer-coarse:h-11">
        <span className="min-w-0 flex-1 truncate">{label}</span>
        <span role="status">{wanted ? `${found.size} found` : ""}</span>
        <span className="relative">
          <Search
            aria-hidden
            size={12}
            className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2"
          />
          <input
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
            aria-label={`Search in ${label}`}
            placeholder="Search"
            className="h-6 w-28 rounded-sm border border-edge bg-canvas pr-1 pl-6 text-text text-xs pointer-coarse:h-9 pointer-coarse:text-lg"
          />
        </span>
        <CopyButton
          iconOnly
          size="small"
          variant="quiet"
          value={JSON.stringify(value, null, 2)}
          label={`Copy: ${label}`}
        />
      </figcaption>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable with the keyboard
        tabIndex={0}
        aria-label={label}
        className="max-h-96 overflow-auto py-2 font-mono text-xs leading-6 outline-offset-[-2px]"
      >
        {rows.map((row) => (
          <Line
            key={row.pointer}
            row={row}
            hit={found.has(row.pointer)}
            onToggle={() => toggle(row.pointer)}
          />
        ))}
        {rows.length >= LIMIT ? (
          <p className="px-3 py-1 font-sans text-muted">
            Only the first {LIMIT.toLocaleString("en")} lines are shown. Copy gives the whole.
          </p>
        ) : null}
      </section>
    </figure>
  );
}

function Line({ row, hit, onToggle }: { row: JsonRow; hit: boolean; onToggle: () => void }) {
  const foldable = row.kind === "open" || row.kind === "folded";
  const name = row.name === null ? null : <span className={INK.name}>{JSON.stringify(row.name)}: </span>;
  return (
    <div
      className={cx("flex min-w-max items-start pr-3", hit && "bg-selected")}
      style={{ paddingLeft: `${4 + row.depth * 14}px` }}
    >
      <span className="flex w-6 shrink-0 justify-center">
        {foldable ? (
          <button
            type="button"
            aria-expanded={row.kind === "open"}
            aria-label={`${row.name ?? "Value"}, ${row.size} entries`}
            onClick={onToggle}
            className="flex size-6 items-center justify-center rounded-sm text-muted hover:bg-hover"
          >
            {row.kind === "open" ? (
              <ChevronDown aria-hidden size={12} />
            ) : (
              <ChevronRight aria-hidden size={12} />
            )}
          </button>
        ) : null}
      </span>
      <span className="whitespace-pre-wrap break-all">
        {name}
        <span
          className={
            row.kind === "string"
              ? INK.string
              : row.kind === "number"
                ? INK.number
                : row.kind === "word"
                  ? INK.word
                  : ""
          }
        >
          {row.text}
        </span>
        {row.comma ? "," : ""}
        {row.kind === "folded" ? <span className="text-faint"> {row.size}</span> : null}
      </span>
    </div>
  );
}
