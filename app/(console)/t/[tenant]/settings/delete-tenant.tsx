"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { whyNot } from "#lib/access/permissions.ts";
import type { Tenant } from "#lib/tenants/schema.ts";

const DeleteTenantDialog = fetchedAhead(() =>
  import("./delete-tenant-dialog.tsx").then((module) => module.DeleteTenantDialog),
);

/** The end of a tenant: what it means, and the way to it for owners. */
export function DeleteTenant({ tenant }: { tenant: Tenant }) {
  const [asking, setAsking] = useState(false);
  return (
    <Section title="Delete this tenant">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-y py-3">
        <p className="min-w-0 max-w-110 text-muted">
          Its routes answer 404 at once, its jobs wait, and nobody sees it any more. For 7 days an owner can
          have everything back as it was; after that it is gone for good.
        </p>
        <Button
          variant="danger"
          disabledReason={whyNot(tenant.role, "tenant.manage")}
          onClick={() => setAsking(true)}
        >
          Delete tenant…
        </Button>
      </div>
      {asking ? <DeleteTenantDialog tenant={tenant} onClose={() => setAsking(false)} /> : null}
    </Section>
  );
}
