import { PageTabs } from "#components/ui/page-tabs.tsx";
import { paths } from "#lib/paths.ts";

/** Who belongs to the tenant, and who is asked to. */
export function MembersTabs({ tenant, current }: { tenant: string; current: "Members" | "Invitations" }) {
  const tabs = [
    { label: "Members", href: paths.members(tenant) },
    { label: "Invitations", href: paths.invitations(tenant) },
  ];
  return <PageTabs label="Members and invitations" tabs={tabs} current={current} />;
}
