"use client";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import Link from "next/link";
import {
  type MouseEvent,
  memo,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { cx } from "#components/ui/cx.ts";
import { Tooltip } from "#components/ui/tooltip.tsx";
import type { Column } from "./data-table.tsx";
import { phoneLine } from "./phone-line.ts";
import { type RowSelection, useRowKeys } from "./use-row-keys.ts";

export type VirtualColumn<Row> = Column<Row> & {
  /** How wide, as a class: columns cannot follow rows that are not there yet. Left out for the one that grows. */
  width?: string;
  /** More classes of its cells: to leave it out where the page is narrow. */
  className?: string;
};

type VirtualTableProps<Row extends object> = {
  /** What the rows are: "Routes". The table's accessible name. */
  label: string;
  rows: readonly Row[];
  /** How many rows there are in all, where that is known. */
  total: number | null;
  /** Keep the array stable (module scope or useMemo). */
  columns: readonly VirtualColumn<Row>[];
  rowId: (row: Row) => string;
  /** What a row is called, for its checkbox. */
  rowName: (row: Row) => string;
  rowHref: (row: Row) => string;
  linkColumn: string;
  /** The whole of a text that the link may show shortened; null when it is short. */
  fullText?: (row: Row) => string | null;
  groupOf?: (row: Row) => string;
  /** Left out where rows cannot be chosen. */
  selection?: RowSelection | undefined;
  /** Called while the last row shown is near the end of those there are. */
  onNearEnd: () => void;
  /** Below the last row: what is loading, what went wrong. */
  children?: ReactNode;
};

const ROW = 41;
const PHONE_ROW = 133;
const GROUP = 37;
/** Rows before the end at which more are asked for: a fast hand scrolls about so far while a page is fetched. */
const AHEAD = 150;

type Item<Row> = { kind: "group"; name: string } | { kind: "row"; row: Row; index: number };

function itemsOf<Row>(rows: readonly Row[], groupOf?: (row: Row) => string): Item<Row>[] {
  let group: string | undefined;
  return rows.flatMap((row, index): Item<Row>[] => {
    const name = groupOf?.(row);
    const starts = name !== undefined && name !== group;
    group = name;
    return starts
      ? [
          { kind: "group", name },
          { kind: "row", row, index },
        ]
      : [{ kind: "row", row, index }];
  });
}

/**
 * A list of thousands: only the rows in view exist. It scrolls with the page; arrow keys (or j and k) go from row to
 * row, x chooses one, Shift with a press or with X chooses all between.
 */
export function VirtualTable<Row extends object>(props: VirtualTableProps<Row>) {
  const { label, rows, total, columns, rowId, groupOf, selection, onNearEnd, children } = props;
  const items = useMemo(() => itemsOf(rows, groupOf), [rows, groupOf]);
  const places = useMemo(() => {
    const found: number[] = [];
    for (const [place, item] of items.entries()) if (item.kind === "row") found[item.index] = place;
    return found;
  }, [items]);
  const body = useRef<HTMLTableSectionElement>(null);
  const [margin, setMargin] = useState(0);
  const [phone, setPhone] = useState(false);
  useLayoutEffect(() => {
    const place = () => {
      setMargin((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
      setPhone(window.innerWidth < 640);
    };
    place();
    const observer = new ResizeObserver(place);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);

  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: (index) => (items[index]?.kind === "group" ? GROUP : phone ? PHONE_ROW : ROW),
    getItemKey: (index) => {
      const item = items[index];
      return !item ? index : item.kind === "group" ? `group ${item.name} ${index}` : rowId(item.row);
    },
    overscan: 12,
    scrollMargin: margin,
    scrollPaddingStart: 56,
    scrollPaddingEnd: 88,
    initialRect: { width: 1_440, height: 1_200 },
  });
  const { ref, onKeyDown } = useRowKeys({
    count: rows.length,
    reveal: (index) => virtualizer.scrollToIndex(places[index] ?? 0, { align: "auto" }),
    selection,
  });

  const shown = virtualizer.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= items.length - AHEAD) onNearEnd();
  }, [last, items.length, onNearEnd]);
  const before = (shown[0]?.start ?? margin) - margin;
  const after = virtualizer.getTotalSize() - ((shown.at(-1)?.end ?? margin) - margin);
  const span = columns.length + (selection ? 1 : 0);

  return (
    <section ref={ref} aria-label={label}>
      <table
        className="w-full table-fixed border-collapse text-sm max-sm:block"
        aria-rowcount={total === null ? -1 : total + 1}
        onKeyDown={onKeyDown}
      >
        <caption className="sr-only">{label}</caption>
        <thead className="max-sm:sr-only">
          <tr aria-rowindex={1}>
            {selection ? (
              <th scope="col" className={cx(HEADER, "w-9")}>
                <span className="sr-only">Chosen</span>
              </th>
            ) : null}
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={cx(HEADER, column.align === "end" && "text-right", column.width, column.className)}
              >
                {column.hideHeader ? <span className="sr-only">{column.header}</span> : column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body} className="max-sm:block">
          <Space height={before} span={span} />
          {shown.map(({ index, key }) => {
            const item = items[index];
            if (!item) return null;
            if (item.kind === "group") {
              return (
                <tr key={key} data-index={index} ref={virtualizer.measureElement} className="max-sm:block">
                  <th
                    scope="rowgroup"
                    colSpan={span}
                    className="h-9 truncate border-b bg-surface px-2 text-left align-middle font-medium font-mono text-muted text-xs max-sm:flex max-sm:items-center"
                  >
                    {item.name}
                  </th>
                </tr>
              );
            }
            return (
              <VirtualRow
                key={key}
                row={item.row}
                place={index}
                index={item.index}
                measure={virtualizer.measureElement}
                columns={columns as readonly VirtualColumn<object>[]}
                href={props.rowHref(item.row)}
                name={props.rowName(item.row)}
                linkColumn={props.linkColumn}
                fullText={props.fullText?.(item.row) ?? null}
                selected={selection ? selection.has(rowId(item.row)) : null}
                onSelect={selection?.press}
              />
            );
          })}
          <Space height={after} span={span} />
        </tbody>
      </table>
      {children}
    </section>
  );
}

const HEADER =
  "sticky top-[var(--bar,0px)] z-10 h-9 truncate bg-canvas px-2 text-left font-medium text-muted text-xs shadow-[inset_0_-1px_0_var(--line)]";

/** The room of the rows that are not there. */
function Space({ height, span }: { height: number; span: number }) {
  return height > 0 ? (
    <tr aria-hidden className="max-sm:block" style={{ height }}>
      <td colSpan={span} />
    </tr>
  ) : null;
}

type RowProps = {
  row: object;
  place: number;
  index: number;
  measure: (element: Element | null) => void;
  columns: readonly VirtualColumn<object>[];
  href: string;
  name: string;
  linkColumn: string;
  fullText: string | null;
  selected: boolean | null;
  onSelect: RowSelection["press"] | undefined;
};

const VirtualRow = memo(function VirtualRow(props: RowProps) {
  const { row, columns, href, name, linkColumn, fullText, selected, onSelect, index } = props;
  const press = (event: MouseEvent<HTMLInputElement>) => onSelect?.(index, event.shiftKey);
  return (
    <tr
      data-index={props.place}
      data-row={index}
      ref={props.measure}
      aria-rowindex={index + 2}
      className={cx(
        "relative border-b hover:bg-surface max-sm:flex max-sm:flex-wrap max-sm:items-center max-sm:gap-x-2 max-sm:gap-y-0.5 max-sm:py-2.5",
        selected && "bg-hover",
      )}
    >
      {selected === null ? null : (
        <td className="px-1 align-middle">
          <label className="relative z-1 grid size-7 cursor-pointer place-items-center">
            <input
              type="checkbox"
              aria-label={`Choose ${name}`}
              checked={selected}
              onClick={press}
              onChange={() => undefined}
              className="size-4 cursor-pointer accent-accent"
            />
          </label>
        </td>
      )}
      {columns.map((column) => {
        const content = column.cell(row);
        const link = (
          <Link href={href} prefetch={false} className="row-link block min-w-0 font-medium text-text">
            {content}
          </Link>
        );
        const linked = column.id === linkColumn;
        return (
          <td
            key={column.id}
            data-label={column.header}
            className={cx(
              "h-10 overflow-hidden whitespace-nowrap px-2 py-1 align-middle max-sm:h-auto max-sm:py-0",
              column.align === "end" && "text-right",
              column.phone === "hide" && "max-sm:hidden",
              phoneLine(column),
              column.grow && "max-sm:flex-1",
              column.className,
            )}
          >
            {linked ? fullText ? <Tooltip text={fullText}>{link}</Tooltip> : link : content}
          </td>
        );
      })}
    </tr>
  );
});
