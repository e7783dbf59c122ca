"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import type { PreviewOperation } from "#lib/openapi/schema.ts";
import { OperationRow } from "./operation-row.tsx";

const ROW_PX = 56;

/** The operations of a document; of ten thousand only those in sight are on the page. */
export function OperationList({
  operations,
  chosen,
  onChoose,
}: {
  operations: readonly PreviewOperation[];
  chosen: ReadonlySet<string>;
  onChoose: (pointer: string, chosen: boolean) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useVirtualizer({
    count: operations.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    getItemKey: (index) => operations[index]?.pointer ?? index,
  });
  const toggle = (pointer: string, wanted: boolean) => {
    const next = new Set(open);
    if (wanted) next.add(pointer);
    else next.delete(pointer);
    setOpen(next);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <section ref={box} aria-label="Operations" tabIndex={0} className="max-h-[60vh] overflow-y-auto border-t">
      <ul className="relative w-full" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const operation = operations[item.index];
          if (!operation) return null;
          return (
            <li
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              aria-setsize={operations.length}
              aria-posinset={item.index + 1}
              className="absolute top-0 left-0 w-full"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <OperationRow
                operation={operation}
                chosen={chosen.has(operation.pointer)}
                open={open.has(operation.pointer)}
                onChoose={(wanted) => onChoose(operation.pointer, wanted)}
                onOpen={(wanted) => toggle(operation.pointer, wanted)}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
