"use client";
import Link from "next/link";
import { cx } from "#components/ui/cx.ts";
import { paths } from "#lib/paths.ts";

/** What is dead, and what was done about it. */
export function DeadLettersTabs({ tenant, current }: { tenant: string; current: "groups" | "runs" }) {
  const tabs = [
    { id: "groups", label: "Groups", href: paths.deadLetters(tenant) },
    { id: "runs", label: "Runs", href: paths.deadLetterRuns(tenant) },
  ];
  return (
    <nav aria-label="Dead letters and runs" className="mb-4 flex gap-4 border-b">
      {tabs.map(({ id, label, href }) => (
        <Link
          key={id}
          href={href}
          aria-current={id === current ? "page" : undefined}
          className={cx(
            "-mb-px flex h-9 items-center border-b-2 px-0.5 font-medium pointer-coarse:h-11",
            id === current ? "border-accent text-text" : "border-transparent text-muted hover:text-text",
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
