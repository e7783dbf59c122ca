"use client";
import { Dialog } from "@base-ui/react/dialog";
import { CornerDownLeft, Search } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { leaveTo } from "#components/form/unsaved-changes.tsx";
import { cx } from "#components/ui/cx.ts";
import { SCRIM } from "#components/ui/popup-style.ts";
import { type Command, useAllCommands } from "./commands.ts";
import { idCommands } from "./id-commands.ts";
import { rankCommands } from "./rank-commands.ts";

/** Go anywhere, do anything: a field and the commands that match it. */
export function CommandPalette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={SCRIM} />
        <Dialog.Popup className="fixed inset-x-3 top-3 z-50 mx-auto flex max-h-[80dvh] max-w-140 flex-col overflow-hidden rounded-lg border border-line bg-raised text-text shadow-popup outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0 sm:top-[14vh] sm:max-h-[60vh]">
          <Dialog.Title className="sr-only">Command palette</Dialog.Title>
          <List onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function List({ onClose }: { onClose: () => void }) {
  const id = useId();
  const router = useRouter();
  const commands = useAllCommands();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const pathname = usePathname();
  const found = useMemo(
    () => [...idCommands(pathname, text), ...rankCommands(commands, text)],
    [commands, pathname, text],
  );
  const active = found[Math.min(at, found.length - 1)];

  const choose = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    if ("href" in command) leaveTo(() => router.push(command.href));
    else command.run();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const last = found.length - 1;
    const to = {
      ArrowDown: at >= last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      PageDown: last,
      PageUp: 0,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setAt(Math.max(to, 0));
      document.getElementById(`${id}-${found[to]?.id}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choose(active);
    }
  };

  return (
    <>
      <div className="flex items-center gap-2 border-b px-3">
        <Search aria-hidden size={16} className="shrink-0 text-muted" />
        <input
          type="text"
          role="combobox"
          aria-label="Go to a page or do something"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={active ? `${id}-${active.id}` : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder="Go to a page or do something"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="h-11 min-w-0 flex-1 bg-transparent text-base outline-none pointer-coarse:text-lg"
        />
      </div>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="Commands"
        className="min-h-0 overflow-y-auto p-1 empty:hidden"
      >
        {found.map((command, index) => {
          const heading = command.group !== found[index - 1]?.group ? command.group : undefined;
          return [
            heading && !text ? (
              <div key={`group-${heading}`} role="presentation" className="px-2 pt-2 pb-1 text-muted text-xs">
                {heading}
              </div>
            ) : null,
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field handles the keys for the active option
            <div
              key={command.id}
              id={`${id}-${command.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={command === active}
              onClick={() => choose(command)}
              onPointerMove={() => setAt(index)}
              className={cx(
                "flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 py-1 pointer-coarse:min-h-11",
                command === active && "bg-hover",
              )}
            >
              <span className="min-w-0 flex-1 truncate">{command.label}</span>
              {command.hint ? <span className="text-muted text-xs">{command.hint}</span> : null}
              {command === active ? <CornerDownLeft aria-hidden size={12} className="text-faint" /> : null}
            </div>,
          ];
        })}
      </div>
      <p role="status" className={found.length ? "sr-only" : "px-4 py-3 text-muted"}>
        {found.length ? `${found.length} found` : "Nothing is called that here."}
      </p>
    </>
  );
}
