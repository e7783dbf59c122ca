"use client";
import { useQuery } from "@tanstack/react-query";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { Pager } from "#components/table/pager.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { api, type Page } from "#lib/api/client.ts";
import type { Revision } from "#lib/publishing/schema.ts";
import { REVISIONS_PER_PAGE } from "./page-size.ts";

const COLUMNS: Column<Revision>[] = [
  {
    id: "live",
    header: "Status",
    phone: "lead",
    cell: ({ live }) => (live ? <StatusBadge status="live" /> : <span className="text-muted">Past</span>),
  },
  { id: "number", header: "Revision", phone: "lead", mono: true, cell: ({ number }) => `r${number}` },
  { id: "when", header: "Published", cell: ({ publishedAt }) => <RelativeTime at={publishedAt} /> },
  { id: "who", header: "By", cell: ({ publishedBy }) => <span className="break-all">{publishedBy}</span> },
  {
    id: "routes",
    header: "Routes",
    align: "end",
    cell: ({ routeCount }) => <span className="tabular-nums">{routeCount.toLocaleString("en")}</span>,
  },
  {
    id: "note",
    header: "Note",
    grow: true,
    cell: ({ note, rolledBackFrom }) => (
      <span title={note}>
        {rolledBackFrom === null ? null : (
          <span className="text-muted">Rolled back to r{rolledBackFrom}. </span>
        )}
        {note || (rolledBackFrom === null ? <span className="text-muted">none</span> : null)}
      </span>
    ),
  },
];

/** What was published before, newest first. Nothing is shown before the first publish. */
export function Revisions({
  tenant,
  cursor,
  initial,
  loadedAt,
}: {
  tenant: string;
  cursor: string | undefined;
  initial: Page<Revision>;
  loadedAt: number;
}) {
  const { data, error } = useQuery({
    queryKey: ["revisions", tenant, cursor ?? ""],
    queryFn: ({ signal }) =>
      api.page<Revision>(`/tenants/${encodeURIComponent(tenant)}/revisions`, {
        query: { cursor, limit: REVISIONS_PER_PAGE },
        signal,
      }),
    initialData: initial,
    initialDataUpdatedAt: loadedAt,
  });
  if (data.data.length === 0) return null;
  return (
    <Section title="Revisions">
      <ErrorNotice error={error} />
      <DataTable
        label="Revisions"
        rows={data.data}
        columns={COLUMNS}
        rowId={({ number }) => String(number)}
      />
      <Pager nextCursor={data.nextCursor} />
    </Section>
  );
}
