import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

/** The top of every page: where it lies, what it is, what can be done with it (main action last). */
export function PageHeader({
  title,
  description,
  up,
  meta,
  actions,
}: {
  title: ReactNode;
  description?: ReactNode;
  /** The page above this one. */
  up?: { href: string; label: string };
  /** Badges, identifiers and times beside the title. */
  meta?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 max-w-full">
        {up ? (
          <nav aria-label="Breadcrumb" className="mb-0.5 flex items-center gap-1 text-muted">
            <Link href={up.href} className="-mx-1 rounded-sm px-1 py-0.5 hover:text-text hover:underline">
              {up.label}
            </Link>
            <ChevronRight aria-hidden size={14} />
          </nav>
        ) : null}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="wrap-anywhere min-w-0 font-semibold text-xl tracking-tight">{title}</h1>
          {meta}
        </div>
        {description ? <p className="wrap-anywhere mt-0.5 max-w-prose text-muted">{description}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </header>
  );
}

/** A titled part of a page. */
export function Section({
  title,
  actions,
  children,
}: {
  title: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="mb-8">
      <div className="mb-2 flex min-h-8 items-center justify-between gap-3">
        <h2 className="font-semibold text-base">{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

/** Names and values of one thing, in two columns that become one on a phone. */
export function Facts({ items }: { items: readonly { name: string; value: ReactNode }[] }) {
  return (
    <dl className="grid gap-x-6 border-t sm:grid-cols-[10rem_1fr]">
      {items.map((item) => (
        <div key={item.name} className="border-b py-2 sm:col-span-2 sm:grid sm:grid-cols-subgrid">
          <dt className="text-muted">{item.name}</dt>
          <dd className="min-w-0 wrap-anywhere">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
