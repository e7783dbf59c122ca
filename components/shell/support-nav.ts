import { Building2, History, type LucideIcon, Search, Server, Skull } from "lucide-react";
import { paths } from "#lib/paths.ts";

export type SupportPage = { key: string; label: string; icon: LucideIcon; href: string; keywords: string };

/** The pages of the support desk, in the order of its header; `key` is the letter after `g`. */
export const SUPPORT_NAV: readonly SupportPage[] = [
  { key: "f", label: "Find", icon: Search, href: paths.support(), keywords: "search job request key" },
  {
    key: "d",
    label: "Dead letters",
    icon: Skull,
    href: paths.supportDeadLetters(),
    keywords: "failed jobs groups errors",
  },
  { key: "t", label: "Tenants", icon: Building2, href: paths.supportTenants(), keywords: "customers enter" },
  {
    key: "s",
    label: "Sessions",
    icon: History,
    href: paths.supportSessions(),
    keywords: "who was where searches",
  },
  {
    key: "i",
    label: "Installation",
    icon: Server,
    href: paths.supportInstallation(),
    keywords: "workers gateways processes repairs",
  },
];

/** The page that an address belongs to; null for none. */
export function currentSupportPage(pathname: string): string | null {
  // What operators looked for stands beside whom they visited.
  if (pathname === paths.supportSearches()) return "s";
  const inside = SUPPORT_NAV.filter(
    ({ href }) => pathname === href || (href !== paths.support() && pathname.startsWith(`${href}/`)),
  );
  return inside[0]?.key ?? null;
}
