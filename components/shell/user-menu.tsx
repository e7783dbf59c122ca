"use client";
import { Check, ChevronsUpDown, Keyboard, LogOut, Monitor, Moon, Sun, Unplug, UserRound } from "lucide-react";
import { useState } from "react";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { toast } from "#components/ui/toast.tsx";
import { paths } from "#lib/paths.ts";
import { signOutEverywhere, signOutHere } from "./account.ts";
import { setTheme, THEMES, useTheme } from "./theme.ts";

export type Person = {
  name: string;
  email: string;
  /** Of the installation: the support desk is theirs. */
  operator?: boolean;
};

const ICONS = { system: Monitor, light: Sun, dark: Moon };

/** Who is signed in; their account, theme, shortcuts and the ways out. */
export function UserMenu({ person, role, onHelp }: { person: Person; role: string; onHelp: () => void }) {
  const theme = useTheme();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Menu
        align="start"
        side="top"
        trigger={
          <button
            type="button"
            className="flex min-h-10 w-full items-center gap-2 rounded-md px-2 py-1 text-left hover:bg-hover"
          >
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{person.name}</span>
              <span className="block truncate text-muted text-xs">
                {person.email}, {role}
              </span>
            </span>
            <ChevronsUpDown aria-hidden size={14} className="shrink-0 text-faint" />
          </button>
        }
        items={[
          { label: "Your account", icon: <UserRound aria-hidden size={14} />, href: paths.account() },
          null,
          ...THEMES.map(({ value, label }) => {
            const Icon = theme === value ? Check : ICONS[value];
            return {
              label: theme === value ? `${label} theme, chosen` : `${label} theme`,
              icon: <Icon aria-hidden size={14} />,
              onSelect: () => setTheme(value),
            };
          }),
          null,
          { label: "Keyboard shortcuts", icon: <Keyboard aria-hidden size={14} />, onSelect: onHelp },
          null,
          {
            label: "Sign out",
            icon: <LogOut aria-hidden size={14} />,
            onSelect: () => leaveTo(() => void signOutHere().catch((error: unknown) => toast.error(error))),
          },
          {
            label: "Sign out everywhere",
            icon: <Unplug aria-hidden size={14} />,
            onSelect: () => setAsking(true),
          },
        ]}
      />
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Sign out everywhere?"
        blastRadius="Every browser in which you are signed in, this one too, is signed out at once. Access tokens keep working."
        confirmLabel="Sign out everywhere"
        onConfirm={signOutEverywhere}
      />
    </>
  );
}
