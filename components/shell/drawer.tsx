"use client";
import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { buttonStyle } from "#components/ui/button-style.ts";
import { cx } from "#components/ui/cx.ts";
import { SCRIM } from "#components/ui/popup-style.ts";

/** The sidebar on a narrow screen: from the left, over the page. */
export function Drawer({
  open,
  onClose,
  children,
}: {
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={SCRIM} />
        <Dialog.Popup className="fixed inset-y-0 left-0 z-50 w-72 max-w-[80vw] border-line border-r bg-surface text-text outline-none transition-[opacity,translate] duration-120 data-ending-style:opacity-0 data-starting-style:-translate-x-2 data-starting-style:opacity-0">
          <Dialog.Title className="sr-only">Navigation</Dialog.Title>
          <Dialog.Close
            aria-label="Close navigation"
            className={cx(buttonStyle("secondary", "medium", true), "absolute top-2 -right-12")}
          >
            <X aria-hidden size={16} />
          </Dialog.Close>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
