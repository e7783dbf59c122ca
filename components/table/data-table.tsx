"use client";
import Link from "next/link";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { cx } from "#components/ui/cx.ts";
import { phoneLine } from "./phone-line.ts";

export type Column<Row> = {
  id: string;
  /** The column's name; `hideHeader` keeps it for screen readers only. */
  header: string;
  hideHeader?: boolean;
  cell: (row: Row) => ReactNode;
  align?: "end";
  /** Takes the space that the others leave. One column at most. */
  grow?: boolean;
  mono?: boolean;
  /** On a phone a row is a block: `lead` cells share its first line, `hide` is left out, the rest are labelled lines. */
  phone?: "lead" | "hide";
};

type DataTableProps<Row extends object> = {
  /** What the rows are: "Routes". The table's accessible name. */
  label: string;
  rows: readonly Row[];
  /** Status first, actions last. */
  columns: readonly Column<Row>[];
  rowId: (row: Row) => string;
  /** Where a row leads: makes the cell of `linkColumn` a link that covers the row. */
  rowHref?: (row: Row) => string;
  linkColumn?: string;
  /** Rows are grouped under headings while this value stays the same; rows must come in that order. */
  groupOf?: (row: Row) => string;
};

/** A list of things: sticky header, arrow keys (or j and k) between rows, blocks instead of columns on a phone. */
export function DataTable<Row extends object>({
  label,
  rows,
  columns,
  rowId,
  rowHref,
  linkColumn,
  groupOf,
}: DataTableProps<Row>) {
  const region = useRef<HTMLElement>(null);
  const overflows = useOverflow(region);
  let group: string | undefined;

  return (
    <section
      ref={region}
      aria-label={label}
      // A region that scrolls sideways must be reachable with the keyboard.
      tabIndex={overflows ? 0 : undefined}
      className={cx(overflows && "overflow-x-auto")}
    >
      <table className="w-full border-collapse text-sm max-sm:block" onKeyDown={moveBetweenRows}>
        <caption className="sr-only">{label}</caption>
        <thead className="max-sm:sr-only">
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={cx(
                  "sticky top-[var(--bar,0px)] z-10 h-9 whitespace-nowrap bg-canvas px-2 text-left font-medium text-muted text-xs shadow-[inset_0_-1px_0_var(--line)]",
                  column.align === "end" && "text-right",
                  column.grow && "w-full",
                )}
              >
                {column.hideHeader ? <span className="sr-only">{column.header}</span> : column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {rows.map((row) => {
            const heading = groupOf?.(row);
            const starts = heading !== undefined && heading !== group;
            group = heading;
            return [
              starts ? (
                <tr key={`group-${heading}`} className="max-sm:block">
                  <th
                    scope="colgroup"
                    colSpan={columns.length}
                    className="h-9 border-b bg-surface px-2 text-left align-middle font-medium font-mono text-muted text-xs max-sm:flex max-sm:items-center"
                  >
                    {heading}
                  </th>
                </tr>
              ) : null,
              <tr
                key={rowId(row)}
                className="relative border-b hover:bg-surface max-sm:flex max-sm:flex-wrap max-sm:items-center max-sm:gap-x-2 max-sm:gap-y-0.5 max-sm:py-2.5"
              >
                {columns.map((column) => {
                  const content = column.cell(row);
                  const linked = rowHref && column.id === linkColumn;
                  return (
                    <td
                      key={column.id}
                      data-label={column.header}
                      className={cx(
                        "h-10 whitespace-nowrap px-2 py-1 align-middle max-sm:h-auto max-sm:py-0",
                        column.align === "end" && "text-right",
                        column.mono && "font-mono text-xs",
                        column.grow &&
                          "w-full min-w-48 max-w-0 truncate max-sm:max-w-full max-sm:flex-1 max-sm:whitespace-normal",
                        column.phone === "hide" && "max-sm:hidden",
                        phoneLine(column),
                      )}
                    >
                      {linked ? (
                        <Link href={rowHref(row)} className="row-link font-medium text-text">
                          {content}
                        </Link>
                      ) : (
                        content
                      )}
                    </td>
                  );
                })}
              </tr>,
            ];
          })}
        </tbody>
      </table>
    </section>
  );
}

/** Arrow keys and j/k go from row link to row link, Home and End to the first and the last. */
function moveBetweenRows(event: KeyboardEvent<HTMLTableElement>): void {
  const target = event.target as HTMLElement;
  if (!target.classList.contains("row-link") || event.metaKey || event.ctrlKey || event.altKey) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>(".row-link")];
  const at = links.indexOf(target);
  const to = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: links.length - 1 }[
    event.key
  ];
  if (to === undefined) return;
  event.preventDefault();
  links[Math.min(Math.max(to, 0), links.length - 1)]?.focus();
}

/** Whether the content is wider than its box, now and after every change of size. */
function useOverflow(box: { current: HTMLElement | null }): boolean {
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const element = box.current;
    const table = element?.firstElementChild;
    if (!element || !table) return;
    const observer = new ResizeObserver(() => setOverflows(table.scrollWidth > element.clientWidth + 1));
    observer.observe(element);
    observer.observe(table);
    return () => observer.disconnect();
  }, [box]);
  return overflows;
}
