"use client";
import { useMemo } from "react";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { paths } from "#lib/paths.ts";
import { failureText } from "#lib/support/rules.ts";
import type { DeadGroup, DeadGroupTenant } from "#lib/support/schema.ts";
import { EnterButton } from "../../enter-button.tsx";

const columnsOf = (fingerprint: string): readonly Column<DeadGroupTenant>[] => [
  { id: "tenant", header: "Tenant", phone: "lead", grow: true, cell: ({ tenant }) => tenant.name },
  { id: "dead", header: "Dead now", align: "end", cell: ({ dead }) => dead.toLocaleString("en") },
  { id: "deaths", header: "Ever", align: "end", cell: ({ deaths }) => deaths.toLocaleString("en") },
  { id: "first", header: "First seen", cell: ({ firstSeen }) => <RelativeTime at={firstSeen} /> },
  { id: "last", header: "Last seen", cell: ({ lastSeen }) => <RelativeTime at={lastSeen} /> },
  {
    id: "enter",
    header: "Actions",
    hideHeader: true,
    phone: "lead",
    cell: ({ tenant, supportAllowed }) =>
      supportAllowed ? (
        <span className="relative z-10">
          <EnterButton tenant={tenant} to={paths.deadLetterGroup(tenant.slug, fingerprint)} />
        </span>
      ) : (
        <Badge tone="bad">support off</Badge>
      ),
  },
];

/** One failure, and every tenant that it touches. */
export function GroupView({
  group,
  tenants,
  nextCursor,
}: {
  group: DeadGroup;
  tenants: readonly DeadGroupTenant[];
  nextCursor: string | null;
}) {
  const columns = useMemo(() => columnsOf(group.fingerprint), [group.fingerprint]);
  return (
    <>
      <PageHeader
        title={failureText(group.error)}
        up={{ href: paths.supportDeadLetters(), label: "Dead letters of all tenants" }}
      />
      <Section title="Failure">
        <Facts
          items={[
            { name: "Function", value: group.functions.join(", ") || "unknown" },
            {
              name: "Touches",
              value: `${group.tenants.toLocaleString("en")} ${group.tenants === 1 ? "tenant" : "tenants"}, ${group.dead.toLocaleString("en")} dead now`,
            },
            { name: "First seen", value: <RelativeTime at={group.firstSeen} /> },
            { name: "Last seen", value: <RelativeTime at={group.lastSeen} /> },
            { name: "Fingerprint", value: <CopyId value={group.fingerprint} label="fingerprint" /> },
          ]}
        />
      </Section>
      <Section title="Tenants">
        <DataTable
          label="Tenants"
          rows={tenants}
          columns={columns}
          rowId={({ tenant }) => tenant.id}
          rowHref={({ tenant }) => paths.supportTenant(tenant.slug)}
          linkColumn="tenant"
        />
        <Pager nextCursor={nextCursor} />
      </Section>
    </>
  );
}
