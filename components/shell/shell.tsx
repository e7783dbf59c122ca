"use client";
import { Menu as MenuIcon } from "lucide-react";
import { lazy, type ReactNode, Suspense, useCallback, useMemo, useState } from "react";
import { buttonStyle } from "#components/ui/button-style.ts";
import { cx } from "#components/ui/cx.ts";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { isSupportRole, type Role } from "#lib/access/permissions.ts";
import { paths } from "#lib/paths.ts";
import { type Command, useCommands } from "./commands.ts";
import { LivePill } from "./live-pill.tsx";
import { navFor } from "./nav.ts";
import { Sidebar } from "./sidebar.tsx";
import type { TenantName } from "./tenant-switcher.tsx";
import { setTheme, THEMES } from "./theme.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import { type SupportPass, useSupportSession } from "./use-support-session.ts";
import type { Person } from "./user-menu.tsx";

const CommandPalette = fetchedAhead(() =>
  import("./command-palette.tsx").then((module) => module.CommandPalette),
);
const ShortcutsDialog = fetchedAhead(() =>
  import("./shortcuts.tsx").then((module) => module.ShortcutsDialog),
);

/** Only operators ever fetch it. */
const SupportBar = lazy(() => import("./support-bar.tsx").then((module) => ({ default: module.SupportBar })));

const SupportEnded = lazy(() =>
  import("./support-ended.tsx").then((module) => ({ default: module.SupportEnded })),
);

const Drawer = fetchedAhead(() => import("./drawer.tsx").then((module) => module.Drawer));

/** Fetched when first opened, then kept. */
type Lazily = "never" | "open" | "closed";

type ShellProps = {
  tenant: TenantName & { role: Role };
  tenants: readonly TenantName[];
  /** How many tenants the person deleted and can have back. */
  deleted?: number;
  person: Person;
  /** Of an operator who is no member: told in a bar that stays above everything. */
  support?: SupportPass | null;
  /** Something to know on every page of the tenant. */
  notice?: ReactNode;
  children: ReactNode;
};

/** The frame around every page of a tenant: sidebar or drawer, live pill, ⌘K, shortcuts. */
export function Shell({ tenant, tenants, deleted = 0, person, support, notice, children }: ShellProps) {
  const [palette, setPalette] = useState<Lazily>("never");
  const [help, setHelp] = useState<Lazily>("never");
  const [drawer, setDrawer] = useState<Lazily>("never");
  const onPalette = useCallback(() => setPalette("open"), []);
  const onHelp = useCallback(() => setHelp("open"), []);
  const pages = useMemo(() => navFor(tenant.role).flatMap((group) => group.items), [tenant.role]);
  const hrefOf = useCallback(
    (key: string) => pages.find((page) => page.key === key)?.href(tenant.slug) ?? null,
    [pages, tenant.slug],
  );
  useShortcuts({ hrefOf, onPalette, onHelp });
  useCommands(useShellCommands(tenant, tenants, onHelp));
  const { left, ended } = useSupportSession(support ?? null);
  const sidebar = { tenant, tenants, deleted, person, onPalette, onHelp };

  if (ended !== null) {
    return (
      <Suspense>
        <SupportEnded tenant={tenant} why={ended} />
      </Suspense>
    );
  }
  return (
    <>
      <a
        href="#main"
        className="fixed top-2 left-2 z-60 -translate-y-16 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        Skip to the content
      </a>
      {support ? (
        <Suspense>
          <SupportBar tenant={tenant} session={support} left={left} />
        </Suspense>
      ) : null}
      <div className={cx("lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]", support ? "[--bar:2.5rem]" : null)}>
        <aside
          aria-label="Sidebar"
          className="sticky top-[var(--bar,0px)] hidden h-[calc(100dvh-var(--bar,0px))] border-r bg-surface lg:block"
        >
          <Suspense>
            <Sidebar {...sidebar} />
          </Suspense>
        </aside>
        <div className="min-w-0">
          <header className="sticky top-[var(--bar,0px)] z-30 flex h-12 items-center gap-2 border-b bg-surface px-2 lg:hidden">
            <button
              type="button"
              aria-label="Open navigation"
              aria-expanded={drawer === "open"}
              className={buttonStyle("quiet", "medium", true)}
              onClick={() => setDrawer("open")}
            >
              <MenuIcon aria-hidden size={18} />
            </button>
            {drawer === "never" ? null : (
              <Drawer open={drawer === "open"} onClose={() => setDrawer("closed")}>
                <Suspense>
                  <Sidebar {...sidebar} onLeave={() => setDrawer("closed")} />
                </Suspense>
              </Drawer>
            )}
            <span className="min-w-0 flex-1 truncate font-semibold text-base">{tenant.name}</span>
            <LivePill tenant={tenant.slug} className="min-w-0 shrink-0" />
          </header>
          <main id="main" tabIndex={-1} className="mx-auto max-w-300 px-4 py-5 outline-none sm:px-8 sm:py-7">
            {notice}
            {children}
          </main>
        </div>
      </div>
      {palette === "never" ? null : (
        <CommandPalette open={palette === "open"} onClose={() => setPalette("closed")} />
      )}
      {help === "never" ? null : (
        <ShortcutsDialog open={help === "open"} onClose={() => setHelp("closed")} pages={pages} />
      )}
    </>
  );
}

/** What members do; an operator on a support session could do none of it. */
const memberCommands = (tenant: string): readonly Command[] => [
  {
    id: "new-route",
    label: "Create route",
    group: "Do",
    keywords: "new add",
    href: paths.newRoute(tenant),
  },
  {
    id: "import-routes",
    label: "Import routes from OpenAPI",
    group: "Do",
    keywords: "swagger upload yaml",
    href: paths.importRoutes(tenant),
  },
  { id: "publish", label: "Review and publish changes", group: "Do", href: paths.changes(tenant) },
  {
    id: "mint-key",
    label: "Mint a key",
    group: "Do",
    keywords: "new api key",
    href: `${paths.keys(tenant)}?mint=1`,
  },
  {
    id: "hand-over-key",
    label: "Hand over a key",
    group: "Do",
    keywords: "claim link partner share send",
    href: paths.keys(tenant, { handover: "1" }),
  },
  {
    id: "invite-member",
    label: "Invite a member",
    group: "Do",
    keywords: "add people user colleague invitation join role",
    href: paths.members(tenant, { invite: "1" }),
  },
  {
    id: "find-key",
    label: "Find a key",
    group: "Do",
    keywords: "who is this lookup whose secret leaked prefix last four rotate revoke",
    href: paths.keys(tenant, { find: "1" }),
  },
];

function useShellCommands(
  { slug: tenant, role }: TenantName & { role: Role },
  tenants: readonly TenantName[],
  onHelp: () => void,
): readonly Command[] {
  return useMemo(
    () => [
      ...navFor(role)
        .flatMap((group) => group.items)
        .map((item) => ({
          id: `go-${item.id}`,
          label: item.label,
          group: "Go to",
          hint: `G ${item.key.toUpperCase()}`,
          href: item.href(tenant),
          ...(item.keywords ? { keywords: item.keywords } : {}),
        })),
      ...(isSupportRole(role) ? [] : memberCommands(tenant)),
      ...tenants
        .filter((one) => one.slug !== tenant)
        .map((one) => ({
          id: `tenant-${one.slug}`,
          label: `Switch to ${one.name}`,
          group: "Tenants",
          hint: one.slug,
          href: paths.overview(one.slug),
        })),
      {
        id: "all-tenants",
        label: "All tenants",
        group: "Tenants",
        keywords: "switch search list",
        href: paths.home(),
      },
      { id: "new-tenant", label: "New tenant", group: "Tenants", href: paths.newTenant() },
      {
        id: "account",
        label: "Your account",
        group: "Preferences",
        keywords: "profile password sessions two-factor passkeys sign-in security e-mail",
        href: paths.account(),
      },
      ...THEMES.map(({ value, label }) => ({
        id: `theme-${value}`,
        label: `${label} theme`,
        group: "Preferences",
        keywords: "appearance colour dark light",
        run: () => setTheme(value),
      })),
      { id: "shortcuts", label: "Keyboard shortcuts", group: "Preferences", hint: "?", run: onHelp },
    ],
    [tenant, role, tenants, onHelp],
  );
}
