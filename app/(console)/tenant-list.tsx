import Link from "next/link";
import { Badge } from "#components/ui/badge.tsx";
import { paths } from "#lib/paths.ts";
import type { Tenant } from "#lib/tenants/schema.ts";

/** The tenants to which the person belongs, each a large link. */
export function TenantList({ tenants }: { tenants: readonly Tenant[] }) {
  return (
    <ul className="border-t">
      {tenants.map((tenant) => (
        <li key={tenant.id} className="border-b">
          <Link
            href={paths.overview(tenant.slug)}
            className="flex min-h-14 items-center gap-3 px-2 py-2 outline-offset-[-2px] hover:bg-hover"
          >
            <span className="min-w-0 flex-1">
              <span className="block break-words font-medium text-base">{tenant.name}</span>
              <span className="block truncate font-mono text-muted text-xs">{tenant.slug}</span>
            </span>
            <Badge>{tenant.role}</Badge>
          </Link>
        </li>
      ))}
    </ul>
  );
}
