"use client";
import { Search } from "lucide-react";
import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { cx } from "#components/ui/cx.ts";
import { Kbd } from "#components/ui/kbd.tsx";
import { type Role, roleName } from "#lib/access/permissions.ts";
import { LivePill } from "./live-pill.tsx";
import { currentNavId, navFor } from "./nav.ts";
import { type TenantName, TenantSwitcher } from "./tenant-switcher.tsx";
import { type Person, UserMenu } from "./user-menu.tsx";

export type SidebarProps = {
  tenant: TenantName & { role: Role };
  tenants: readonly TenantName[];
  deleted: number;
  person: Person;
  onPalette: () => void;
  onHelp: () => void;
  /** Called when a link was followed: a drawer closes. */
  onLeave?: () => void;
};

/** Where one is, where one can go, what is live, and who one is. */
export function Sidebar({ tenant, tenants, deleted, person, onPalette, onHelp, onLeave }: SidebarProps) {
  const current = currentNavId(tenant.slug, usePathname(), useSearchParams());
  return (
    <div className="flex h-full flex-col">
      <div className="flex items-center px-2 pt-2">
        <TenantSwitcher
          tenant={tenant}
          tenants={tenants}
          deleted={deleted}
          operator={person.operator ?? false}
        />
      </div>
      <div className="space-y-2 px-3 pt-2 pb-3">
        <LivePill tenant={tenant.slug} />
        <button
          type="button"
          onClick={onPalette}
          className="flex h-8 w-full items-center gap-2 rounded-md border bg-canvas px-2 text-muted hover:bg-hover hover:text-text pointer-coarse:h-10"
        >
          <Search aria-hidden size={14} />
          <span className="flex-1 text-left">Search or do</span>
          <Kbd keys="⌘ K" />
        </button>
      </div>
      <nav aria-label="Main" className="min-h-0 flex-1 space-y-4 overflow-y-auto px-2 pb-4">
        {navFor(tenant.role).map((group) => (
          <ul key={group.label} aria-label={group.label} className="space-y-px">
            {group.items.map(({ id, label, icon: Icon, href }) => (
              <li key={id}>
                <Link
                  href={href(tenant.slug)}
                  aria-current={id === current ? "page" : undefined}
                  {...(onLeave ? { onClick: onLeave } : {})}
                  className={cx(
                    "flex h-8 items-center gap-2.5 rounded-md px-2 outline-offset-[-2px] pointer-coarse:h-11",
                    id === current
                      ? "bg-selected font-medium text-text"
                      : "text-muted hover:bg-hover hover:text-text",
                  )}
                >
                  <Icon aria-hidden size={16} className={cx("shrink-0", id === current && "text-link")} />
                  {label}
                </Link>
              </li>
            ))}
          </ul>
        ))}
      </nav>
      <div className="border-t p-2">
        <UserMenu person={person} role={roleName(tenant.role)} onHelp={onHelp} />
      </div>
    </div>
  );
}
