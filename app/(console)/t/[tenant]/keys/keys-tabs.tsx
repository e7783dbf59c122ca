import { PageTabs } from "#components/ui/page-tabs.tsx";
import { paths } from "#lib/paths.ts";

/** The keys that exist, and the links to keys that do not exist yet. */
export function KeysTabs({ tenant, current }: { tenant: string; current: "Keys" | "Claim links" }) {
  const tabs = [
    { label: "Keys", href: paths.keys(tenant) },
    { label: "Claim links", href: paths.claims(tenant) },
  ];
  return <PageTabs label="Keys and claim links" tabs={tabs} current={current} />;
}
