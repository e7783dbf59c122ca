"use client";
import Link from "next/link";
import { cx } from "./cx.ts";

type PageTab = { label: string; href: string };

/** Neighbouring pages about one thing, each with an address of its own; `current` is the label of this one. */
export function PageTabs({
  label,
  tabs,
  current,
}: {
  label: string;
  tabs: readonly PageTab[];
  current: string;
}) {
  return (
    <nav aria-label={label} className="mb-4 flex gap-4 border-b">
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          aria-current={tab.label === current ? "page" : undefined}
          className={cx(
            "-mb-px flex h-9 items-center border-b-2 px-0.5 font-medium pointer-coarse:h-11",
            tab.label === current
              ? "border-accent text-text"
              : "border-transparent text-muted hover:text-text",
          )}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
