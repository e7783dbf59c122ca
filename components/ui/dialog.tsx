"use client";
import { type ReactNode, type RefObject, useState } from "react";
import { cx } from "./cx.ts";
import { fetchedAhead } from "./fetched-ahead.tsx";

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
  /** Where the focus begins; the first field, when left out. */
  initialFocus?: RefObject<HTMLElement | null>;
  /** Where the focus goes when it closes, for one that follows another; else to what opened it. */
  finalFocus?: RefObject<HTMLElement | null>;
  onClosed?: () => void;
};

const Frame = fetchedAhead(() => import("./dialog-frame.tsx").then((module) => module.Frame));

/** Nothing until it is first opened. */
function WhenUsed(props: DialogProps & { panel: string }) {
  const [used, setUsed] = useState(props.open);
  if (props.open && !used) setUsed(true);
  if (!used) return null;
  return <Frame {...props} />;
}

const WIDTHS = { small: "sm:w-104", medium: "sm:w-136", large: "sm:w-200" };

const PANEL =
  "fixed z-50 flex flex-col border-line bg-raised text-text shadow-popup outline-none transition-[opacity,translate] duration-120";

/** A question or a small form over the page: a sheet from below on a phone, a box in the middle elsewhere. */
export function Dialog(props: DialogProps) {
  return (
    <WhenUsed
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
    <WhenUsed
      {...props}
      panel={cx(
        PANEL,
        "inset-y-0 right-0 w-full border-l sm:w-120 data-ending-style:opacity-0 data-starting-style:translate-x-2 data-starting-style:opacity-0",
        props.size === "large" && "sm:w-160",
      )}
    />
  );
}
