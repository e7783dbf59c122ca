"use client";
import Link from "next/link";
import { cx } from "#components/ui/cx.ts";
import { paths } from "#lib/paths.ts";

/** The keys that exist, and the links to keys that do not exist yet. */
export function KeysTabs({ tenant, current }: { tenant: string; current: "keys" | "links" }) {
  const tabs = [
    { id: "keys", label: "Keys", href: paths.keys(tenant) },
    { id: "links", label: "Claim links", href: paths.claims(tenant) },
  ];
  return (
    <nav aria-label="Keys and claim links" className="mb-4 flex gap-4 border-b">
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
