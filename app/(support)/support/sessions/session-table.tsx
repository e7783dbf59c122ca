"use client";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { paths } from "#lib/paths.ts";
import { MODE_WORDS } from "#lib/support/rules.ts";
import type { SupportSession } from "#lib/support/schema.ts";

function End({ session }: { session: SupportSession }) {
  if (session.open) {
    return (
      <>
        ends <RelativeTime at={session.expiresAt} />
      </>
    );
  }
  const how =
    session.ended === "removed"
      ? `ended by ${session.endedBy ?? "the tenant"}`
      : session.ended === "left"
        ? "left"
        : "its time was up";
  return (
    <>
      {how} <RelativeTime at={session.endedAt} />
    </>
  );
}

const COLUMNS: readonly Column<SupportSession>[] = [
  {
    id: "state",
    header: "State",
    phone: "lead",
    cell: (session) => (
      <span className="inline-block w-16">
        {session.open ? <Badge tone="warn">inside</Badge> : <Badge>over</Badge>}
      </span>
    ),
  },
  { id: "tenant", header: "Tenant", phone: "lead", cell: ({ tenant }) => tenant.name },
  {
    id: "operator",
    header: "Operator",
    cell: ({ operator, mine }) => (
      <span title={operator.email}>
        {operator.name}
        {mine ? <span className="text-muted"> (you)</span> : null}
      </span>
    ),
  },
  { id: "mode", header: "Mode", cell: ({ mode }) => MODE_WORDS[mode].name },
  { id: "started", header: "Entered", cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
  { id: "end", header: "End", cell: (session) => <End session={session} /> },
  {
    id: "reason",
    header: "Reason",
    grow: true,
    cell: ({ reason }) => <span title={reason}>{reason}</span>,
  },
];

/** Stays of operators in tenants. */
export function SessionTable({ sessions }: { sessions: readonly SupportSession[] }) {
  return (
    <DataTable
      label="Support sessions"
      rows={sessions}
      columns={COLUMNS}
      rowId={({ id }) => id}
      rowHref={({ tenant }) => paths.supportTenant(tenant.slug)}
      linkColumn="tenant"
    />
  );
}
