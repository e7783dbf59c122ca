"use client";
import { Ellipsis } from "lucide-react";
import {
  type ComponentProps,
  cloneElement,
  lazy,
  type ReactElement,
  type ReactNode,
  Suspense,
  useState,
} from "react";
import { buttonStyle } from "./button-style.ts";

/** One entry: it goes somewhere (`href`) or does something (`onSelect`); null draws a line between groups. */
export type MenuItem = {
  label: string;
  icon?: ReactNode;
  href?: string;
  onSelect?: () => void;
  danger?: boolean;
  /** Why it cannot be chosen now; shown under the label. */
  disabledReason?: string | null;
};

export type MenuProps = {
  items: readonly (MenuItem | null)[];
  /** The control that opens it. */
  trigger: ReactElement<ComponentProps<"button">>;
  align?: "start" | "end";
  side?: "top" | "bottom";
};

/** How a menu was first opened: the key, or null for a pointer. */
export type FirstUse = { key: string | null };

const load = () => import("./menu-popup.tsx");
const MenuPopup = lazy(() => load().then((module) => ({ default: module.MenuPopup })));

/** A list of actions that opens from a control. What it takes to show it is fetched when the control is approached. */
export function Menu(props: MenuProps) {
  const [used, setUsed] = useState<FirstUse | null>(null);
  const trigger = cloneElement(props.trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    // A press of Enter or the space bar is a click without a count.
    onClick: ({ detail }) => setUsed({ key: detail === 0 ? "Enter" : null }),
    onKeyDown: (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      setUsed({ key: event.key });
    },
  });
  if (!used) return trigger;
  return (
    <Suspense fallback={trigger}>
      <MenuPopup {...props} firstUse={used} />
    </Suspense>
  );
}

/** The actions of one row: three dots at its end. `of` names the row, for screen readers. */
export function RowMenu({ of, items }: { of: string; items: readonly (MenuItem | null)[] }) {
  return (
    <Menu
      items={items}
      trigger={
        <button
          type="button"
          aria-label={`Actions for ${of}`}
          className={buttonStyle("quiet", "small", true)}
        >
          <Ellipsis aria-hidden size={16} />
        </button>
      }
    />
  );
}
