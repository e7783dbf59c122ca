"use client";
import { Menu as Base } from "@base-ui/react/menu";
import { Ellipsis } from "lucide-react";
import Link from "next/link";
import type { ReactElement, ReactNode } from "react";
import { buttonStyle } from "./button-style.ts";
import { cx } from "./cx.ts";
import { OPTION, POPUP } from "./popup-style.ts";

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

type MenuProps = {
  items: readonly (MenuItem | null)[];
  /** The control that opens it. */
  trigger: ReactElement;
  align?: "start" | "end";
  side?: "top" | "bottom";
};

/** A list of actions that opens from a control. */
export function Menu({ items, trigger, align = "end", side = "bottom" }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={4} collisionPadding={8} className="z-50">
          <Base.Popup className={cx(POPUP, "max-w-72 min-w-44 p-1")}>
            {items.map((item, index) =>
              item ? (
                <Entry key={item.label} item={item} />
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: a separator has no identity but its place
                <Base.Separator key={index} className="-mx-1 my-1 h-px bg-line" />
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Entry({ item }: { item: MenuItem }) {
  const style = cx(OPTION, item.danger && !item.disabledReason && "text-bad");
  const inside = (
    <>
      {item.icon ? <span className="shrink-0 text-current">{item.icon}</span> : null}
      <span className="min-w-0">
        {item.label}
        {item.disabledReason ? <span className="block text-xs">{item.disabledReason}</span> : null}
      </span>
    </>
  );
  if (item.href && !item.disabledReason) {
    return (
      <Base.LinkItem closeOnClick className={style} render={<Link href={item.href} />}>
        {inside}
      </Base.LinkItem>
    );
  }
  return (
    <Base.Item
      className={style}
      disabled={Boolean(item.disabledReason)}
      {...(item.onSelect ? { onClick: item.onSelect } : {})}
    >
      {inside}
    </Base.Item>
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
