"use client";
import { useQuery } from "@tanstack/react-query";
import { cx } from "#components/ui/cx.ts";
import { SidePanel } from "#components/ui/dialog.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { RouteChange } from "#lib/publishing/schema.ts";
import { changeQuery, type Sides } from "./difference-query.ts";
import { sideName } from "./effect-words.ts";
import { type DiffLine, diffJson } from "./json-diff.ts";

const LOOKS: Record<DiffLine["kind"], { mark: string; word: string; style: string }> = {
  same: { mark: " ", word: "", style: "" },
  removed: { mark: "−", word: "before: ", style: "bg-bad-tint" },
  added: { mark: "+", word: "after: ", style: "bg-ok-tint" },
};

/** A change opened: the route's whole document on both sides, line by line. */
export function ChangeDocument({
  tenant,
  sides,
  change,
  onClose,
}: {
  tenant: string;
  sides: Sides;
  change: RouteChange | null;
  onClose: () => void;
}) {
  return (
    <SidePanel
      open={change !== null}
      onClose={onClose}
      size="large"
      title={change ? `${change.method} ${change.path}` : ""}
      description={`The route's document: − ${sideName(sides.from)}, + ${sideName(sides.to)}.`}
    >
      {change ? <Document tenant={tenant} sides={sides} routeId={change.routeId} /> : null}
    </SidePanel>
  );
}

function Document({ tenant, sides, routeId }: { tenant: string; sides: Sides; routeId: string }) {
  const { data, error } = useQuery(changeQuery(tenant, sides, routeId));
  if (error) return <ErrorNotice error={error} />;
  if (!data) return <Skeleton className="h-96" />;
  const lines = diffJson(data.before, data.after);
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable with the keyboard
      tabIndex={0}
      aria-label="Difference of the documents"
      className="overflow-x-auto rounded-md border bg-surface py-2 font-mono text-xs leading-5"
    >
      {lines.map(({ kind, text }, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of one document have no other name
          key={index}
          className={cx("flex min-w-max gap-2 whitespace-pre px-3", LOOKS[kind].style)}
        >
          <span aria-hidden className="w-3 shrink-0 text-muted">
            {LOOKS[kind].mark}
          </span>
          <span>
            {LOOKS[kind].word ? <span className="sr-only">{LOOKS[kind].word}</span> : null}
            {text}
          </span>
        </div>
      ))}
    </section>
  );
}
