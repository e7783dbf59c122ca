"use client";
import { Menu as Base } from "@base-ui/react/menu";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { cx } from "./cx.ts";
import type { FirstUse, MenuItem, MenuProps } from "./menu.tsx";
import { OPTION, POPUP } from "./popup-style.ts";

/**
 * The menu itself, fetched when somebody first uses a menu, and already open. A key that opened it is pressed once more
 * on the trigger that is there now, so that it leads to the entry that it leads to every other time.
 */
export function MenuPopup({
  items,
  trigger,
  align = "end",
  side = "bottom",
  firstUse,
}: MenuProps & { firstUse: FirstUse }) {
  const opener = useRef<HTMLButtonElement>(null);
  const pressed = useRef(false);
  const { key } = firstUse;
  useEffect(() => {
    if (key === null || pressed.current) return;
    pressed.current = true;
    opener.current?.focus();
    if (key === "Enter") opener.current?.click();
    else
      opener.current?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }, [key]);
  return (
    <Base.Root defaultOpen={key === null}>
      <Base.Trigger ref={opener} render={trigger} />
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
