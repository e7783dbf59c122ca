"use client";
import { Search } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { buttonStyle } from "#components/ui/button-style.ts";
import { cx } from "#components/ui/cx.ts";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { paths } from "#lib/paths.ts";
import { type Command, useCommands } from "./commands.ts";
import { Mark } from "./mark.tsx";
import { currentSupportPage, SUPPORT_NAV } from "./support-nav.ts";
import { setTheme, THEMES } from "./theme.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import { type Person, UserMenu } from "./user-menu.tsx";

const CommandPalette = fetchedAhead(() =>
  import("./command-palette.tsx").then((module) => module.CommandPalette),
);
const ShortcutsDialog = fetchedAhead(() =>
  import("./shortcuts.tsx").then((module) => module.ShortcutsDialog),
);

const WHO = "operator";
const hrefOf = (key: string) => SUPPORT_NAV.find((page) => page.key === key)?.href ?? null;

/** The frame around the support desk: it belongs to no tenant, so there is a header instead of a tenant's sidebar. */
export function SupportShell({
  person,
  inside,
  children,
}: {
  person: Person;
  /** The tenants in which the operator is now. */
  inside: readonly { slug: string; name: string }[];
  children: ReactNode;
}) {
  const [palette, setPalette] = useState<"never" | "open" | "closed">("never");
  const [help, setHelp] = useState<"never" | "open" | "closed">("never");
  const onPalette = useCallback(() => setPalette("open"), []);
  const onHelp = useCallback(() => setHelp("open"), []);
  useShortcuts({ hrefOf, onPalette, onHelp });
  useCommands(useDeskCommands(inside, onHelp));
  const current = currentSupportPage(usePathname());
  return (
    <>
      <a
        href="#main"
        className="fixed top-2 left-2 z-60 -translate-y-16 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        Skip to the content
      </a>
      <header className="border-b bg-surface">
        <div className="mx-auto flex max-w-300 items-center gap-2 px-2 pt-1 sm:px-6">
          <Link
            href={paths.support()}
            className="flex min-h-9 min-w-0 flex-1 items-center gap-2 px-2 font-semibold text-base"
          >
            <Mark />
            <span className="truncate">Support desk</span>
          </Link>
          <button
            type="button"
            aria-label="Search or do"
            onClick={onPalette}
            className={buttonStyle("quiet", "medium", true)}
          >
            <Search aria-hidden size={16} />
          </button>
          <div className="w-36 sm:w-72">
            <UserMenu person={person} role={WHO} onHelp={onHelp} />
          </div>
        </div>
        <nav aria-label="Main" className="mx-auto max-w-300 overflow-x-auto px-2 sm:px-6">
          <ul className="flex">
            {SUPPORT_NAV.map(({ key, label, icon: Icon, href }) => (
              <li key={key}>
                <Link
                  href={href}
                  aria-current={key === current ? "page" : undefined}
                  className={cx(
                    "flex h-9 items-center gap-1.5 whitespace-nowrap border-b-2 px-2.5 outline-offset-[-2px] pointer-coarse:h-11",
                    key === current
                      ? "border-accent font-medium text-text"
                      : "border-transparent text-muted hover:text-text",
                  )}
                >
                  <Icon aria-hidden size={14} className="shrink-0 max-sm:hidden" />
                  {label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main id="main" tabIndex={-1} className="mx-auto max-w-300 px-4 py-5 outline-none sm:px-8 sm:py-7">
        {children}
      </main>
      {palette === "never" ? null : (
        <CommandPalette open={palette === "open"} onClose={() => setPalette("closed")} />
      )}
      {help === "never" ? null : (
        <ShortcutsDialog open={help === "open"} onClose={() => setHelp("closed")} pages={SUPPORT_NAV} />
      )}
    </>
  );
}

function useDeskCommands(
  inside: readonly { slug: string; name: string }[],
  onHelp: () => void,
): readonly Command[] {
  return useMemo(
    () => [
      ...SUPPORT_NAV.map(({ key, label, href, keywords }) => ({
        id: `desk-${key}`,
        label,
        group: "Go to",
        hint: `G ${key.toUpperCase()}`,
        href,
        keywords,
      })),
      ...inside.map(({ slug, name }) => ({
        id: `inside-${slug}`,
        label: `Go back into ${name}`,
        group: "You are inside",
        hint: slug,
        href: paths.overview(slug),
      })),
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
    [inside, onHelp],
  );
}
