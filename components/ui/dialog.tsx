"use client";
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { buttonStyle } from "./button-style.ts";
import { cx } from "./cx.ts";
import { SCRIM } from "./popup-style.ts";

export type DialogProps = {
  open: boolean;
  /** Asked to close: Escape, the cross, a press outside. Ignore it to stay open. */
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons, the main one last. */
  footer?: ReactNode;
  size?: "small" | "medium" | "large";
  /** Leave out the cross and ignore Escape and presses outside: only the footer closes it. */
  held?: boolean;
  initialFocus?: RefObject<HTMLElement | null>;
  onClosed?: () => void;
};

const WIDTHS = { small: "sm:w-104", medium: "sm:w-136", large: "sm:w-200" };

const PANEL =
  "fixed z-50 flex flex-col border-line bg-raised text-text shadow-popup outline-none transition-[opacity,translate] duration-120";

/** A question or a small form over the page: a sheet from below on a phone, a box in the middle elsewhere. */
export function Dialog(props: DialogProps) {
  return (
    <Frame
      {...props}
      panel={cx(
        PANEL,
        "inset-x-0 bottom-0 max-h-[92dvh] rounded-t-lg border-t sm:inset-x-auto sm:top-[12vh] sm:bottom-auto sm:left-1/2 sm:max-h-[76vh] sm:-translate-x-1/2 sm:rounded-lg sm:border",
        "data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0",
        WIDTHS[props.size ?? "medium"],
      )}
    />
  );
}

/** A longer form or a detail beside the list it belongs to: the right edge, or the whole screen of a phone. */
export function SidePanel(props: DialogProps) {
  return (
    <Frame
      {...props}
      panel={cx(
        PANEL,
        "inset-y-0 right-0 w-full border-l sm:w-120 data-ending-style:opacity-0 data-starting-style:translate-x-2 data-starting-style:opacity-0",
        props.size === "large" && "sm:w-160",
      )}
    />
  );
}

function Frame({
  open,
  onClose,
  onClosed,
  title,
  description,
  children,
  footer,
  held,
  initialFocus,
  panel,
}: DialogProps & { panel: string }) {
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => {
        if (!next && !held) onClose();
      }}
      onOpenChangeComplete={(next) => {
        if (!next) onClosed?.();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={SCRIM} />
        <Base.Popup className={panel} {...(initialFocus ? { initialFocus } : {})}>
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
          <div className="min-h-0 flex-1 overflow-y-auto px-4 pb-5 sm:px-5">{children}</div>
          {footer ? (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-4 py-3 sm:px-5">
              {footer}
            </footer>
          ) : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
