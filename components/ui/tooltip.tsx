"use client";
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";

const GAP = 6;

/**
 * A note beside a control, on hover, focus and touch; Escape hides it. It only repeats or explains: whatever a person
 * must know is also in the control's name or description. Small on purpose, since nearly every page carries it.
 */
export function Tooltip({ text, children }: { text: ReactNode; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState<CSSProperties>({});
  const wrapper = useRef<HTMLSpanElement>(null);
  const note = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const later = (next: boolean, delay: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(next), delay);
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  useLayoutEffect(() => {
    const anchor = wrapper.current?.firstElementChild?.getBoundingClientRect();
    const box = note.current;
    if (!open || !anchor || !box) return;
    // The top layer: above dialogs, and never cut off by a box that scrolls.
    box.showPopover();
    const { width, height } = box.getBoundingClientRect();
    const middle = anchor.left + anchor.width / 2 - width / 2;
    const above = anchor.top - height - GAP;
    setPlace({
      left: Math.max(8, Math.min(middle, window.innerWidth - width - 8)),
      top: above >= 8 ? above : anchor.bottom + GAP,
    });
    const hide = () => setOpen(false);
    window.addEventListener("scroll", hide, true);
    return () => window.removeEventListener("scroll", hide, true);
  }, [open]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what bubbles up from the control inside
    <span
      ref={wrapper}
      role="presentation"
      className="contents"
      onPointerEnter={(event: PointerEvent) => event.pointerType === "mouse" && later(true, open ? 0 : 300)}
      onPointerLeave={(event: PointerEvent) => event.pointerType === "mouse" && later(false, 100)}
      onPointerUp={(event: PointerEvent) => event.pointerType === "touch" && later(!open, 0)}
      onFocus={(event) => event.target.matches(":focus-visible") && later(true, 0)}
      onBlur={() => later(false, 0)}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation();
        setOpen(false);
      }}
    >
      {children}
      {open ? (
        <span
          ref={note}
          popover="manual"
          role="tooltip"
          style={place}
          className="fixed m-0 w-max max-w-72 animate-[appear_120ms_ease-out] whitespace-normal rounded-md border border-line bg-raised px-2 py-1 text-left font-normal font-sans text-text text-xs shadow-popup"
        >
          {text}
        </span>
      ) : null}
    </span>
  );
}
