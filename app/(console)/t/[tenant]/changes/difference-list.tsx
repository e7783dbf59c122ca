"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { FileDiff, SquareArrowOutUpRight, Undo2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { useUrlState } from "#components/table/use-url-state.ts";
import { Badge, MethodBadge, StatusBadge } from "#components/ui/badge.tsx";
import { cx } from "#components/ui/cx.ts";
import { TextLink } from "#components/ui/link-button.tsx";
import { RowMenu } from "#components/ui/menu.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { TableSkeleton } from "#components/ui/skeleton.tsx";
import type { Page } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import { EFFECTS } from "#lib/publishing/rules.ts";
import type { RouteChange } from "#lib/publishing/schema.ts";
import { differenceQuery, type Sides } from "./difference-query.ts";
import { EFFECT_WORDS, effectsByGravity } from "./effect-words.ts";
import { Sentence } from "./sentence.tsx";

const ChangeDocument = lazy(() =>
  import("./change-document.tsx").then((module) => ({ default: module.ChangeDocument })),
);

const FILTERS = [
  {
    name: "kind",
    label: "Kind of change",
    options: [
      { value: "", label: "All kinds" },
      { value: "added", label: "Added" },
      { value: "changed", label: "Changed" },
      { value: "removed", label: "Removed" },
    ],
  },
  {
    name: "effect",
    label: "Effect on callers",
    options: [
      { value: "", label: "All effects" },
      ...EFFECTS.map((value) => ({ value, label: EFFECT_WORDS[value].badge })),
    ],
  },
];

type Props = {
  tenant: string;
  sides: Sides;
  /** What the server found for the address that it was asked for; null when the two sides have changed since. */
  initial: Page<RouteChange> | null;
  loadedAt: number;
  /** Takes one change back; left out where there is nothing to take back. */
  onDiscard?: (change: RouteChange) => Promise<void>;
  whyNotDiscard?: string | null;
};

/** The routes that differ between two sides, in words; searched, filtered and paged by the address. */
export function DifferenceList({ tenant, sides, initial, loadedAt, onDiscard, whyNotDiscard }: Props) {
  const url = useUrlState();
  const filters = Object.fromEntries(["q", "kind", "effect", "cursor"].map((name) => [name, url.get(name)]));
  const [first] = useState(JSON.stringify(filters));
  const { data, error } = useQuery({
    ...differenceQuery(tenant, sides, filters),
    placeholderData: keepPreviousData,
    ...(initial && JSON.stringify(filters) === first
      ? { initialData: initial, initialDataUpdatedAt: loadedAt }
      : {}),
  });
  const [opened, setOpened] = useState<RouteChange | null>(null);
  const [used, setUsed] = useState(false);
  const open = (change: RouteChange) => {
    setUsed(true);
    setOpened(change);
  };
  const changes = data?.data ?? [];
  return (
    <>
      <FilterBar search="Search by method or path" filters={FILTERS} />
      <ErrorNotice error={error} />
      {changes.length > 0 ? (
        <ul aria-label="Changes" className="border-t">
          {changes.map((change) => (
            <ChangeItem
              key={change.routeId}
              tenant={tenant}
              change={change}
              linked={sides.to === "draft" && change.kind !== "removed"}
              onOpen={() => open(change)}
              {...(onDiscard ? { onDiscard: () => void onDiscard(change) } : {})}
              whyNotDiscard={whyNotDiscard ?? null}
            />
          ))}
        </ul>
      ) : !data && !error ? (
        <TableSkeleton rows={3} />
      ) : (
        <p className="border-t px-2 py-6 text-muted">
          No change is like this. Clear the filters to see them all.
        </p>
      )}
      <Pager nextCursor={data?.nextCursor ?? null} />
      {used ? (
        <Suspense>
          <ChangeDocument tenant={tenant} sides={sides} change={opened} onClose={() => setOpened(null)} />
        </Suspense>
      ) : null}
    </>
  );
}

type ItemProps = {
  tenant: string;
  change: RouteChange;
  linked: boolean;
  onOpen: () => void;
  onDiscard?: () => void;
  whyNotDiscard: string | null;
};

function ChangeItem({ tenant, change, linked, onOpen, onDiscard, whyNotDiscard }: ItemProps) {
  const { kind, method, path, routeId, was, effects, sentences } = change;
  const icon = { size: 14, "aria-hidden": true } as const;
  return (
    <li className="border-b py-2.5">
      <div className="flex items-start gap-x-3 px-2">
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
          <span className="w-24">
            <StatusBadge status={kind} />
          </span>
          <span className="flex min-w-0 items-baseline">
            <MethodBadge method={method} />
            {linked ? (
              <TextLink href={paths.route(tenant, routeId)} className="break-all font-mono">
                {path}
              </TextLink>
            ) : (
              <span className={cx("break-all font-mono", kind === "removed" && "line-through")}>{path}</span>
            )}
          </span>
          {effectsByGravity(effects).map((effect) => (
            <Badge key={effect} tone={EFFECT_WORDS[effect].tone}>
              {EFFECT_WORDS[effect].badge}
            </Badge>
          ))}
        </div>
        <RowMenu
          of={`${method} ${path}`}
          items={[
            { label: "Show the document", icon: <FileDiff {...icon} />, onSelect: onOpen },
            ...(linked
              ? [
                  {
                    label: "Open route",
                    icon: <SquareArrowOutUpRight {...icon} />,
                    href: paths.route(tenant, routeId),
                  },
                ]
              : []),
            ...(onDiscard
              ? [
                  null,
                  {
                    label: "Discard change",
                    icon: <Undo2 {...icon} />,
                    onSelect: onDiscard,
                    disabledReason: whyNotDiscard,
                  },
                ]
              : []),
          ]}
        />
      </div>
      {sentences.length ? (
        <ul
          className={cx(
            "mt-1 px-2 text-muted sm:pl-29",
            // What a new route is like reads as one line; what changed, as a list.
            kind === "changed" ? "space-y-0.5" : "flex flex-wrap gap-x-4",
          )}
        >
          {sentences.map(({ field, text }) => (
            <li key={`${field} ${text}`}>
              <Sentence text={text} />
            </li>
          ))}
        </ul>
      ) : was ? (
        <p className="mt-1 px-2 text-muted sm:pl-29">
          was {was.method} {was.path}
        </p>
      ) : null}
    </li>
  );
}
