"use client";
import { Sparkline } from "#components/charts/sparkline.tsx";
import type { Column } from "#components/table/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { DeadLetterGroup } from "#lib/dead-letters/schema.ts";
import { errorText, trendText } from "./words.ts";

type Selection = { has: (fingerprint: string) => boolean; toggle: (fingerprint: string) => void };

/** The first of a list and how many more there are. */
/** `more`: there may be others beside those that are named. */
function Few({ names, more: beyond, none }: { names: readonly string[]; more: boolean; none: string }) {
  const [first, ...more] = names;
  if (first === undefined) return <span className="text-muted">{none}</span>;
  return (
    <span
      className="inline-block max-w-48 truncate align-middle"
      title={[...names, ...(beyond ? ["…"] : [])].join("\n")}
    >
      {first}
      {more.length > 0 ? (
        <span className="text-muted">
          {" "}
          +{more.length}
          {beyond ? " or more" : ""}
        </span>
      ) : null}
    </span>
  );
}

const routeText = ({ method, path }: DeadLetterGroup["routes"][number]) =>
  path === null ? "a deleted route" : `${method} ${path}`;

/** What one sees of a group in the list; with a box to choose it where somebody may act. */
export function groupColumns(selection: Selection | null): Column<DeadLetterGroup>[] {
  return [
    ...(selection
      ? [
          {
            id: "chosen",
            header: "Chosen",
            hideHeader: true,
            phone: "lead" as const,
            cell: (group: DeadLetterGroup) => (
              <label className="relative z-1 -ml-2 grid size-7 cursor-pointer place-items-center">
                <input
                  type="checkbox"
                  aria-label={`Choose ${errorText(group)}`}
                  checked={selection.has(group.fingerprint)}
                  onChange={() => selection.toggle(group.fingerprint)}
                  className="size-4 cursor-pointer accent-accent"
                />
              </label>
            ),
          },
        ]
      : []),
    {
      id: "error",
      header: "Error",
      grow: true,
      phone: "lead",
      cell: (group) => (
        <span className="max-sm:line-clamp-2 max-sm:break-words" title={errorText(group)}>
          {group.error.message ? (
            <>
              <span className="text-muted">{group.error.name}:</span> {group.error.message}
            </>
          ) : (
            errorText(group)
          )}
        </span>
      ),
    },
    {
      id: "dead",
      header: "Dead",
      align: "end",
      cell: ({ dead }) => <span className="font-medium tabular-nums">{dead.toLocaleString("en")}</span>,
    },
    {
      id: "trend",
      header: "Last 24 hours",
      cell: ({ trend }) => <Sparkline label={trendText(trend)} amounts={trend} />,
    },
    { id: "last", header: "Last seen", cell: ({ lastSeen }) => <RelativeTime at={lastSeen} /> },
    {
      id: "first",
      header: "First seen",
      phone: "hide",
      cell: ({ firstSeen }) => <RelativeTime at={firstSeen} />,
    },
    {
      id: "function",
      header: "Function",
      cell: ({ functions, moreOrigins }) => <Few names={functions} more={moreOrigins} none="none" />,
    },
    {
      id: "route",
      header: "Route",
      mono: true,
      phone: "hide",
      cell: ({ routes, moreOrigins }) => <Few names={routes.map(routeText)} more={moreOrigins} none="none" />,
    },
    {
      id: "revision",
      header: "Since",
      phone: "hide",
      cell: ({ sinceRevision }) =>
        sinceRevision === null ? (
          <span className="text-muted">
            <span aria-hidden>–</span>
            <span className="sr-only">no revision</span>
          </span>
        ) : (
          <span className="font-mono text-xs">r{sinceRevision}</span>
        ),
    },
  ];
}
