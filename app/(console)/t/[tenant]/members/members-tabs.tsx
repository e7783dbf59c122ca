"use client";
import Link from "next/link";
import { cx } from "#components/ui/cx.ts";
import { paths } from "#lib/paths.ts";

/** Who belongs to the tenant, and who is asked to. */
export function MembersTabs({ tenant, current }: { tenant: string; current: "members" | "invitations" }) {
  const tabs = [
    { id: "members", label: "Members", href: paths.members(tenant) },
    { id: "invitations", label: "Invitations", href: paths.invitations(tenant) },
  ];
  return (
    <nav aria-label="Members and invitations" className="mb-4 flex gap-4 border-b">
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
