"use client";
import { ChevronDown, ChevronRight, ListFilter, Search } from "lucide-react";
import Link from "next/link";
import { useDeferredValue, useMemo, useState } from "react";
import { CopyButton } from "#components/ui/copy.tsx";
import { cx } from "#components/ui/cx.ts";
import { INK } from "./code-block.tsx";
import { around, findInJson, foldedAtFirst, type JsonRow, type JsonValue, jsonRows } from "./json-rows.ts";

const LIMIT = 3_000;
/** Of a longer text the beginning is shown until somebody asks for all of it. */
const LONG_TEXT = 1_000;
const NOTHING: ReadonlySet<string> = new Set();

type JsonViewProps = {
  value: JsonValue;
  label: string;
  /** Where a value leads that is looked for elsewhere, by its path (`lines.sku`) and literal; null for nowhere. */
  leafHref?: ((path: string, literal: string) => string | null) | undefined;
};

/** A JSON document: coloured, foldable, searchable, copied as a whole. A long one begins as an outline. */
export function JsonView({ value, label, leafHref }: JsonViewProps) {
  const outline = useMemo(() => foldedAtFirst(value), [value]);
  const [toggled, setToggled] = useState(NOTHING);
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const found = useMemo(() => new Set(findInJson(value, wanted)), [value, wanted]);
  const whole = useMemo(() => JSON.stringify(value, null, 2), [value]);
  // What was found must be seen, whatever is folded.
  const open = useMemo(() => {
    const folded = new Set([...outline].filter((pointer) => !toggled.has(pointer)));
    for (const pointer of toggled) if (!outline.has(pointer)) folded.add(pointer);
    for (const hit of found) for (const pointer of around(hit)) folded.delete(pointer);
    return folded;
  }, [outline, toggled, found]);
  const rows = useMemo(() => jsonRows(value, open, LIMIT), [value, open]);

  const toggle = (pointer: string) =>
    setToggled((before) => {
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
        <CopyButton iconOnly size="small" variant="quiet" value={whole} label={`Copy: ${label}`} />
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
            leafHref={leafHref}
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

/** The path of a pointer as people write it; an element stands at its list's own path. */
const pathOf = (pointer: string) =>
  pointer
    .split("/")
    .slice(1)
    .filter((part) => !/^\d+$/.test(part))
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(".");

type LineProps = {
  row: JsonRow;
  hit: boolean;
  onToggle: () => void;
  leafHref: JsonViewProps["leafHref"];
};

function Line({ row, hit, onToggle, leafHref }: LineProps) {
  const [all, setAll] = useState(false);
  const cut = !all && row.text.length > LONG_TEXT;
  const literal = row.kind === "string" || row.kind === "number" || row.kind === "word";
  const href = leafHref && literal ? leafHref(pathOf(row.pointer), row.text) : null;
  const foldable = row.kind === "open" || row.kind === "folded";
  const name = row.name === null ? null : <span className={INK.name}>{JSON.stringify(row.name)}: </span>;
  return (
    <div
      className={cx("group/line flex items-start pr-3", hit && "bg-selected")}
      style={{ paddingLeft: `${4 + row.depth * 14}px` }}
    >
      <span className="flex w-6 shrink-0 justify-center">
        {foldable ? (
          <button
            type="button"
            aria-expanded={row.kind === "open"}
            aria-label={`${row.name ?? "Value"}, ${row.size} ${row.size === 1 ? "entry" : "entries"}`}
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
          {cut ? row.text.slice(0, LONG_TEXT) : row.text}
        </span>
        {cut ? (
          <button
            type="button"
            onClick={() => setAll(true)}
            className="mx-1 rounded-sm px-1 font-sans text-link underline"
          >
            … all {row.text.length.toLocaleString("en")} characters
          </button>
        ) : null}
        {row.comma ? "," : ""}
        {row.kind === "folded" ? <span className="text-muted"> {row.size}</span> : null}
      </span>
      {href ? (
        <Link
          href={href}
          aria-label={row.name ? `Find jobs with this value of ${row.name}` : "Find jobs with this value"}
          title="Find jobs with this value"
          className="ml-1 flex size-6 shrink-0 items-center justify-center rounded-sm text-muted opacity-0 hover:bg-hover focus-visible:opacity-100 group-hover/line:opacity-100 pointer-coarse:opacity-100"
        >
          <ListFilter aria-hidden size={12} />
        </Link>
      ) : null}
    </div>
  );
}
