"use client";
import { Check, ChevronsUpDown, LifeBuoy, Plus } from "lucide-react";
import { Menu } from "#components/ui/menu.tsx";
import { paths } from "#lib/paths.ts";
import { Mark } from "./mark.tsx";

export type TenantName = { slug: string; name: string };

/** Which tenant this is, and the way to the others. */
export function TenantSwitcher({
  tenant,
  tenants,
  operator,
}: {
  tenant: TenantName;
  tenants: readonly TenantName[];
  operator: boolean;
}) {
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
        ...tenants.map((one) => ({
          label: one.name,
          href: paths.overview(one.slug),
          icon:
            one.slug === tenant.slug ? (
              <Check aria-label="Current" size={14} />
            ) : (
              <span className="block w-3.5" />
            ),
        })),
        null,
        ...(operator
          ? [{ label: "Support desk", href: paths.support(), icon: <LifeBuoy aria-hidden size={14} /> }]
          : []),
        { label: "New tenant", href: paths.newTenant(), icon: <Plus aria-hidden size={14} /> },
      ]}
    />
  );
}
