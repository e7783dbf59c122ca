"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { useEffect, useRef } from "react";
import { buttonStyle } from "./button-style.ts";
import { cx } from "./cx.ts";
import type { DialogProps } from "./dialog.tsx";
import { PlaceOverEverything } from "./over-everything.tsx";
import { SCRIM } from "./popup-style.ts";

/** What one begins with in a dialog that asks for something, rather than with the cross before it. */
const FIELD =
  ":is(input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea):not(:disabled, [readonly])";

/** What has the focus; null on the server. */
const focused = (): HTMLElement | null =>
  typeof document === "undefined" ? null : (document.activeElement as HTMLElement | null);

const isThere = (element: HTMLElement | null): element is HTMLElement =>
  element?.isConnected === true && element !== document.body;

/** Puts the focus on the page's content where what opened the dialog is gone, such as the button of an empty list. */
function catchFocus(): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>("main[tabindex]")?.focus({ preventScroll: true });
  });
}

/** What dialogs and side panels have in common; `panel` is the class of their box. */
export function Frame({
  open,
  onClose,
  onClosed,
  title,
  description,
  children,
  footer,
  held,
  initialFocus,
  finalFocus,
  panel,
}: DialogProps & { panel: string }) {
  const body = useRef<HTMLDivElement>(null);
  // Noted before a field inside takes the focus as it appears, which would then count as what opened the dialog.
  const opener = useRef<HTMLElement | null>(null);
  const wasOpen = useRef(false);
  if (open && !wasOpen.current) opener.current = focused();
  wasOpen.current = open;
  useEffect(() => catchFocus, []);
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!next && !held) onClose();
      }}
      onOpenChangeComplete={(next) => {
        if (next) return;
        onClosed?.();
        catchFocus();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={SCRIM} />
        <Base.Popup
          className={panel}
          initialFocus={
            initialFocus ??
            // The keyboard of a phone would cover what is to be read first.
            ((by) => (by === "touch" ? true : (body.current?.querySelector<HTMLElement>(FIELD) ?? true)))
          }
          finalFocus={finalFocus ?? (() => (isThere(opener.current) ? opener.current : true))}
        >
          <header className="flex items-start gap-3 px-4 pt-4 pb-3 sm:px-5">
            <div className="min-w-0 flex-1">
              <Base.Title className="font-semibold text-lg leading-6">{title}</Base.Title>
              {description ? (
                <Base.Description className="mt-1 text-muted">{description}</Base.Description>
              ) : null}
            </div>
            {held ? null : (
              <Base.Close aria-label="Close" className={cx(buttonStyle("quiet", "small", true), "-mr-1.5")}>
                <X aria-hidden size={16} />
              </Base.Close>
            )}
          </header>
          <div ref={body} className="min-h-0 flex-1 overflow-y-auto px-4 pb-5 sm:px-5">
            {children}
          </div>
          {footer ? (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-4 py-3 sm:px-5">
              {footer}
            </footer>
          ) : null}
          <PlaceOverEverything />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
