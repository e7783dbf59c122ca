"use client";
import { Dialog } from "#components/ui/dialog.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { Switch } from "#components/ui/toggle.tsx";
import { setSingleKeys, useSingleKeys } from "./use-shortcuts.ts";

/** The list of shortcuts, and the switch that turns single keys off. */
export function ShortcutsDialog({
  open,
  onClose,
  pages,
}: {
  open: boolean;
  onClose: () => void;
  /** The pages that have a letter of their own. */
  pages: readonly { key: string; label: string }[];
}) {
  const on = useSingleKeys();
  const rows: [string, string][] = [
    ["⌘ K", "Go anywhere or do anything (Ctrl K elsewhere)"],
    ["?", "This list"],
    ["/", "Search in the list on the page"],
    ["↓ ↑", "From row to row in a list, also J and K"],
    ...pages.map((item): [string, string] => [`G ${item.key.toUpperCase()}`, `Go to ${item.label}`]),
  ];
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" size="small">
      <table className="mb-4 w-full">
        <caption className="sr-only">Keys and what they do</caption>
        <tbody>
          {rows.map(([keys, what]) => (
            <tr key={keys} className="border-b">
              <th scope="row" className="w-20 py-1 text-left font-normal">
                <Kbd keys={keys} />
                <span className="sr-only">{keys}</span>
              </th>
              <td className="py-1">{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Switch
        checked={on}
        onCheckedChange={setSingleKeys}
        label="Single-key shortcuts"
        hint="Turn off if you dictate or if keys press themselves. ⌘K stays."
      />
    </Dialog>
  );
}
