"use client";
import { ArchiveRestore, Check, ChevronsUpDown, LifeBuoy, Plus, Search } from "lucide-react";
import { Menu } from "#components/ui/menu.tsx";
import { paths } from "#lib/paths.ts";
import { Mark } from "./mark.tsx";

export type TenantName = { slug: string; name: string };

/** More than these are looked for on a page of their own. */
const MOST_SHOWN = 12;

/** Which tenant this is, and the way to the others. */
export function TenantSwitcher({
  tenant,
  tenants,
  deleted,
  operator,
}: {
  tenant: TenantName;
  tenants: readonly TenantName[];
  /** How many were deleted and can be had back. */
  deleted: number;
  operator: boolean;
}) {
  const others = tenants.filter(({ slug }) => slug !== tenant.slug);
  // The current one may lie beyond those that were read.
  const all = others.length === tenants.length && !operator ? [tenant, ...others] : tenants;
  const shown = all.length > MOST_SHOWN ? [tenant, ...others.slice(0, MOST_SHOWN - 1)] : all;
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={`Tenant ${tenant.name}, switch`}
          className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-left hover:bg-hover pointer-coarse:h-11"
        >
          <Mark />
          <span className="min-w-0 flex-1 truncate font-semibold text-base">{tenant.name}</span>
          <ChevronsUpDown aria-hidden size={14} className="shrink-0 text-faint" />
        </button>
      }
      items={[
        ...shown.map((one) => ({
          label: one.name,
          href: paths.overview(one.slug),
          icon:
            one.slug === tenant.slug ? (
              <Check aria-label="Current" size={14} />
            ) : (
              <span className="block w-3.5" />
            ),
        })),
        ...(all.length > MOST_SHOWN
          ? [{ label: "Search all tenants", href: paths.home(), icon: <Search aria-hidden size={14} /> }]
          : []),
        null,
        ...(operator
          ? [{ label: "Support desk", href: paths.support(), icon: <LifeBuoy aria-hidden size={14} /> }]
          : []),
        ...(deleted > 0
          ? [
              {
                label: `Recently deleted (${deleted})`,
                href: paths.deletedTenants(),
                icon: <ArchiveRestore aria-hidden size={14} />,
              },
            ]
          : []),
        { label: "New tenant", href: paths.newTenant(), icon: <Plus aria-hidden size={14} /> },
      ]}
    />
  );
}
