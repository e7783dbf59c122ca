import {
  ArrowLeftRight,
  Fingerprint,
  GitCompareArrows,
  History,
  KeyRound,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  ScanSearch,
  ScrollText,
  Server,
  Settings,
  Skull,
  Ticket,
  Users,
} from "lucide-react";
import { type Permission, type Role, roleCan } from "#lib/access/permissions.ts";
import { paths } from "#lib/paths.ts";

export type NavItem = {
  id: string;
  label: string;
  icon: LucideIcon;
  href: (tenant: string) => string;
  /** The letter after `g` that goes there. */
  key: string;
  /** Other words by which the palette finds it. */
  keywords?: string;
  /** Without it the page has nothing to show. */
  needs?: Permission;
};

export type NavGroup = { label: string; items: readonly NavItem[] };

/** The pages of a tenant, in the order of the sidebar. */
export const NAV: readonly NavGroup[] = [
  {
    label: "Gate",
    items: [
      {
        id: "overview",
        label: "Overview",
        icon: LayoutDashboard,
        href: paths.overview,
        key: "o",
        keywords: "home",
      },
      {
        id: "routes",
        label: "Routes",
        icon: ArrowLeftRight,
        href: paths.routes,
        key: "r",
        keywords: "paths endpoints",
      },
      {
        id: "changes",
        label: "Changes",
        icon: GitCompareArrows,
        href: (tenant) => paths.changes(tenant),
        key: "c",
        keywords: "publish draft",
      },
      {
        id: "revisions",
        label: "Revisions",
        icon: History,
        href: paths.revisions,
        key: "v",
        keywords: "history roll back export import",
      },
      {
        id: "explain",
        label: "Explain",
        icon: ScanSearch,
        href: (tenant) => paths.explain(tenant),
        key: "e",
        keywords: "why refused request id debug curl 401 403 404",
      },
      {
        id: "keys",
        label: "Keys",
        icon: KeyRound,
        href: paths.keys,
        key: "k",
        keywords: "api partners claim links hand over rotate",
      },
      {
        id: "issuers",
        label: "Issuers",
        icon: Fingerprint,
        href: paths.issuers,
        key: "i",
        keywords: "bearer tokens jwt jwks oidc identity provider",
      },
    ],
  },
  {
    label: "Work",
    items: [
      { id: "jobs", label: "Jobs", icon: ListChecks, href: (tenant) => paths.jobs(tenant), key: "j" },
      {
        id: "dead-letters",
        label: "Dead letters",
        icon: Skull,
        href: (tenant) => paths.deadLetters(tenant),
        key: "d",
        keywords: "failed jobs requeue retry errors groups runs discard",
      },
      {
        id: "gateways",
        label: "Gateways",
        icon: Server,
        href: paths.gateways,
        key: "g",
        keywords: "instances workers",
      },
    ],
  },
  {
    label: "Tenant",
    items: [
      {
        id: "members",
        label: "Members",
        icon: Users,
        href: paths.members,
        key: "m",
        keywords: "people roles invitations invite leave owner",
      },
      {
        id: "audit",
        label: "Audit",
        icon: ScrollText,
        href: (tenant) => paths.audit(tenant),
        key: "a",
        keywords: "log who changed history export compliance verify chain",
        needs: "audit.read",
      },
      {
        id: "tokens",
        label: "Access tokens",
        icon: Ticket,
        href: paths.tokens,
        key: "t",
        keywords: "api cli",
        needs: "token.own",
      },
      {
        id: "settings",
        label: "Settings",
        icon: Settings,
        href: paths.settings,
        key: "s",
        keywords: "rename webhooks alerts slack notifications retention",
      },
    ],
  },
];

/** The pages that have something to show to whoever stands in the tenant like this. */
export const navFor = (role: Role): readonly NavGroup[] =>
  NAV.map((group) => ({
    ...group,
    items: group.items.filter(({ needs }) => !needs || roleCan(role, needs)),
  }));

/** The entry that is being looked at: the most specific one whose address the current one begins with. */
export function currentNavId(tenant: string, pathname: string, search: URLSearchParams): string | null {
  let best: { id: string; length: number } | null = null;
  for (const item of NAV.flatMap((group) => group.items)) {
    const [path = "", query] = item.href(tenant).split("?");
    const inside = pathname === path || (item.id !== "overview" && pathname.startsWith(`${path}/`));
    const wanted = [...new URLSearchParams(query)];
    if (!inside || (wanted.length > 0 && pathname !== path)) continue;
    if (!wanted.every(([name, value]) => search.get(name) === value)) continue;
    const length = path.length + (query?.length ?? 0);
    if (!best || length > best.length) best = { id: item.id, length };
  }
  return best?.id ?? null;
}
