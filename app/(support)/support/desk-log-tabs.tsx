"use client";
import { PageTabs } from "#components/ui/page-tabs.tsx";
import { paths } from "#lib/paths.ts";

/** What operators did at the desk: whom they visited, and what they looked for. */
export function DeskLogTabs({ current }: { current: "Sessions" | "Searches" }) {
  return (
    <PageTabs
      label="What operators did"
      tabs={[
        { label: "Sessions", href: paths.supportSessions() },
        { label: "Searches", href: paths.supportSearches() },
      ]}
      current={current}
    />
  );
}
