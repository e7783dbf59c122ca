import { PageTabs } from "#components/ui/page-tabs.tsx";
import { paths } from "#lib/paths.ts";

/** What is dead, and what was done about it. */
export function DeadLettersTabs({ tenant, current }: { tenant: string; current: "Groups" | "Runs" }) {
  const tabs = [
    { label: "Groups", href: paths.deadLetters(tenant) },
    { label: "Runs", href: paths.deadLetterRuns(tenant) },
  ];
  return <PageTabs label="Dead letters and runs" tabs={tabs} current={current} />;
}
