"use client";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { holdsSecret } from "#lib/contract/desk-question.ts";
import { paths } from "#lib/paths.ts";
import { MODE_WORDS } from "#lib/support/rules.ts";
import type { SupportTenant } from "#lib/support/schema.ts";

const COLUMNS: readonly Column<SupportTenant>[] = [
  {
    id: "state",
    header: "Support",
    phone: "lead",
    cell: ({ session, supportAllowed }) => (
      <span className="inline-block sm:w-40">
        {session ? (
          <Badge tone="warn">you are inside, {MODE_WORDS[session.mode].name}</Badge>
        ) : supportAllowed ? (
          <Badge>lets support in</Badge>
        ) : (
          <Badge tone="bad">support off</Badge>
        )}
      </span>
    ),
  },
  { id: "name", header: "Tenant", phone: "lead", grow: true, cell: ({ name }) => name },
  { id: "slug", header: "Address", mono: true, cell: ({ slug }) => slug },
  { id: "created", header: "Made", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
];

/** Every tenant of the installation. */
export function TenantsView({
  tenants,
  nextCursor,
  searched,
}: {
  tenants: readonly SupportTenant[];
  nextCursor: string | null;
  searched: boolean;
}) {
  return (
    <>
      <PageHeader title="Tenants" description="Every tenant of this installation." />
      <FilterBar search="Search by name or address" take={holdsSecret} />
      {tenants.length > 0 ? (
        <>
          <DataTable
            label="Tenants"
            rows={tenants}
            columns={COLUMNS}
            rowId={({ id }) => id}
            rowHref={({ slug }) => paths.supportTenant(slug)}
            linkColumn="name"
          />
          <Pager nextCursor={nextCursor} />
        </>
      ) : (
        <EmptyState
          title={searched ? "No tenant is called that" : "No tenant yet"}
          body={
            searched
              ? "Any part of a name or an address is enough."
              : "Whoever signs in and makes a tenant owns it; it is listed here from then on."
          }
          action={<LinkButton href={paths.supportTenants()}>See all tenants</LinkButton>}
        />
      )}
    </>
  );
}
