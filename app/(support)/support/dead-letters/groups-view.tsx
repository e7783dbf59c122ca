"use client";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { paths } from "#lib/paths.ts";
import { failureText } from "#lib/support/rules.ts";
import type { DeadGroup } from "#lib/support/schema.ts";

const ORDERS = [
  { value: "", label: "Seen last first" },
  { value: "reach", label: "Most tenants first" },
];

const COLUMNS: readonly Column<DeadGroup>[] = [
  {
    id: "tenants",
    header: "Tenants",
    phone: "lead",
    cell: ({ tenants }) => (
      <span className="inline-block w-20">
        <Badge tone={tenants > 1 ? "bad" : "neutral"}>
          {tenants === 1 ? "1 tenant" : `${tenants.toLocaleString("en")} tenants`}
        </Badge>
      </span>
    ),
  },
  {
    id: "failure",
    header: "Failure",
    grow: true,
    phone: "lead",
    cell: ({ error }) => (
      <span className="max-sm:wrap-anywhere max-sm:line-clamp-4" title={error.message}>
        {failureText(error)}
      </span>
    ),
  },
  {
    id: "functions",
    header: "Function",
    cell: ({ functions }) => (
      <span className="inline-block max-w-48 truncate align-middle" title={functions.join(", ")}>
        {functions.join(", ")}
      </span>
    ),
  },
  { id: "dead", header: "Dead now", align: "end", cell: ({ dead }) => dead.toLocaleString("en") },
  {
    id: "first",
    header: "First seen",
    phone: "hide",
    cell: ({ firstSeen }) => <RelativeTime at={firstSeen} />,
  },
  { id: "last", header: "Last seen", cell: ({ lastSeen }) => <RelativeTime at={lastSeen} /> },
];

/** What goes wrong in the installation, each failure once, with how many tenants it touches. */
export function GroupsView({
  groups,
  nextCursor,
  order,
}: {
  groups: readonly DeadGroup[];
  nextCursor: string | null;
  order: "recent" | "reach";
}) {
  return (
    <>
      <PageHeader
        title="Dead letters of all tenants"
        description="One line for each failure: the same function with the same message, but for ids, numbers and quoted text."
      />
      <FilterBar filters={[{ name: "order", label: "Order", options: ORDERS }]}>
        <span className="text-xs">Counts follow within seconds</span>
      </FilterBar>
      {groups.length > 0 ? (
        <>
          <DataTable
            label="Failures"
            rows={groups}
            columns={COLUMNS}
            rowId={({ fingerprint }) => fingerprint}
            rowHref={({ fingerprint }) => paths.supportDeadGroup(fingerprint)}
            linkColumn="failure"
          />
          {order === "reach" ? (
            <p className="px-2 py-3 text-muted">
              The {groups.length} that touch the most tenants, of the 50,000 groups seen last.
            </p>
          ) : (
            <Pager nextCursor={nextCursor} />
          )}
        </>
      ) : (
        <EmptyState
          title="No dead letters in any tenant"
          body="A job that has used up its attempts shows here, with every other that failed for the same reason."
          action={<LinkButton href={paths.support()}>Find a job</LinkButton>}
        />
      )}
    </>
  );
}
