"use client";
import { useCallback, useEffect, useState } from "react";
import { SECTIONS, type SectionId, sectionOf } from "./route-sections.ts";

const isSection = (name: string): name is SectionId => SECTIONS.some(({ id }) => id === name);

/** Where on the page a field is: its own place, else the nearest one around it in the document. */
function placeOf(path: string): HTMLElement | null {
  for (let name = path; name; name = name.slice(0, Math.max(name.lastIndexOf("."), 0))) {
    const place = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(name)}"]`);
    if (place) return place;
  }
  return null;
}

/** Looks for a field until its part of the form has arrived, at most a second. */
function focusField(path: string, until = performance.now() + 1_000): void {
  const place = placeOf(path);
  const control = place?.querySelector<HTMLElement>(
    "input, textarea, select, [contenteditable=true], button",
  );
  if (control) {
    control.focus({ preventScroll: true });
    place?.scrollIntoView({ block: "center" });
  } else if (performance.now() < until) requestAnimationFrame(() => focusField(path, until));
}

/** Which sections are open. One named by the hash of the address is, and opening one puts it there. */
export function useSections() {
  const [open, setOpen] = useState<ReadonlySet<SectionId>>(new Set());

  useEffect(() => {
    const follow = () => {
      const name = location.hash.slice(1);
      if (!isSection(name)) return;
      setOpen((before) => new Set(before).add(name));
      requestAnimationFrame(() => document.getElementById(name)?.scrollIntoView({ block: "start" }));
    };
    follow();
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);

  const toggle = useCallback((id: SectionId, wanted: boolean) => {
    setOpen((before) => {
      const after = new Set(before);
      if (wanted) after.add(id);
      else after.delete(id);
      return after;
    });
    const { pathname, search, hash } = location;
    if (wanted) history.replaceState(history.state, "", `#${id}`);
    else if (hash === `#${id}`) history.replaceState(history.state, "", pathname + search);
  }, []);

  /** Opens the sections that hold one of these paths. */
  const reveal = useCallback((fields: readonly string[]) => {
    const wanted = fields.map(sectionOf).filter((id) => id !== null);
    if (wanted.length) setOpen((before) => new Set([...before, ...wanted]));
  }, []);

  /** Opens the section of a field and goes there. */
  const goTo = useCallback(
    (path: string) => {
      reveal([path]);
      focusField(path);
    },
    [reveal],
  );
  return { open, toggle, reveal, goTo };
}
