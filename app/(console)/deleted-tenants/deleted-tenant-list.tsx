"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { DeletedTenant, Tenant } from "#lib/tenants/schema.ts";

/** Deleted tenants, each with the way back. */
export function DeletedTenantList({ tenants }: { tenants: readonly DeletedTenant[] }) {
  if (tenants.length === 0) return null;
  return (
    <ul className="border-t">
      {tenants.map((tenant) => (
        <Item key={tenant.id} tenant={tenant} />
      ))}
    </ul>
  );
}

function Item({ tenant }: { tenant: DeletedTenant }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const restore = async () => {
    setBusy(true);
    setError(null);
    try {
      await api.post<Tenant>(`/deleted-tenants/${encodeURIComponent(tenant.slug)}/restore`, {});
      window.location.assign(paths.overview(tenant.slug));
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <li className="border-b py-3">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="break-words font-medium text-base">{tenant.name}</p>
          <p className="truncate font-mono text-muted text-xs">{tenant.slug}</p>
        </div>
        <Button loading={busy} onClick={restore}>
          Restore<span className="sr-only"> {tenant.name}</span>
        </Button>
      </div>
      <p className="mt-1 break-words text-muted text-xs">
        Deleted <RelativeTime at={tenant.deletedAt} />
        {tenant.deletedBy ? ` by ${tenant.deletedBy}` : ""}; gone for good{" "}
        <RelativeTime at={tenant.restorableUntil} />.
      </p>
      {error ? (
        <div className="mt-2">
          <ErrorNotice error={error} />
        </div>
      ) : null}
    </li>
  );
}
