"use client";
import { useEffect, useRef } from "react";
import { buttonStyle } from "#components/ui/button-style.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { paths } from "#lib/paths.ts";

const TITLE = "This support session has ended";

/**
 * In place of a tenant's page when the operator's time in it is over. The way out loads anew, so that nothing of the
 * tenant stays in the browser's memory.
 */
export function SupportEnded({ tenant, why }: { tenant: { slug: string; name: string }; why: string }) {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = `${TITLE} · Gatehouse`;
    main.current?.focus();
  }, []);
  return (
    <main
      ref={main}
      id="main"
      tabIndex={-1}
      className="mx-auto max-w-300 px-4 py-5 outline-none sm:px-8 sm:py-7"
    >
      <PageHeader title={TITLE} />
      <div role="alert">
        <EmptyState
          title={`You are no longer in ${tenant.name}`}
          body={`${why}. What was on this page is shown no more; from the support desk you can enter again, with a reason.`}
          action={
            <a href={paths.supportTenant(tenant.slug)} className={buttonStyle("primary", "medium")}>
              Go to the support desk
            </a>
          }
        />
      </div>
    </main>
  );
}
