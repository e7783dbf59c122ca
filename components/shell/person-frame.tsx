import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { paths } from "#lib/paths.ts";
import { Mark } from "./mark.tsx";

/** The frame around pages that belong to a person and to no tenant: a way back, and nothing of any tenant. */
export function PersonFrame({ children }: { children: ReactNode }) {
  return (
    <>
      <a
        href="#main"
        className="fixed top-2 left-2 z-60 -translate-y-16 rounded-md bg-accent px-3 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        Skip to the content
      </a>
      <header className="border-b bg-surface">
        <div className="mx-auto flex h-12 max-w-300 items-center justify-between gap-3 px-4 sm:px-8">
          <span className="flex items-center gap-2 font-semibold text-base">
            <Mark />
            Gatehouse
          </span>
          <Link
            href={paths.home()}
            className="flex min-h-9 items-center gap-1.5 rounded-md px-2 text-muted hover:bg-hover hover:text-text"
          >
            <ArrowLeft aria-hidden size={14} />
            Back to your tenants
          </Link>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="mx-auto max-w-300 px-4 py-5 outline-none sm:px-8 sm:py-7">
        {children}
      </main>
    </>
  );
}
