"use client";
import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { paths } from "#lib/paths.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";
import { ChangesLink } from "../../changes/changes-link.tsx";
import { DeleteRouteDialog } from "../delete-route.tsx";

/** Which route this is, and what can be done with the whole of it. */
export function RouteHeader({ tenant, role, route }: { tenant: string; role: Role; route: DraftRoute }) {
  const router = useRouter();
  const client = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  return (
    <>
      <PageHeader
        up={{ href: paths.routes(tenant), label: "Routes" }}
        title={
          <span className="break-all font-mono">
            {route.method} {route.path}
          </span>
        }
        meta={
          <>
            {route.enabled ? (
              <StatusBadge status="active" word="Enabled" />
            ) : (
              <StatusBadge status="disabled" />
            )}
            <CopyId value={route.id} label="route ID" short />
            <span className="text-muted text-xs">
              saved <RelativeTime at={route.updatedAt} />
            </span>
          </>
        }
        actions={
          <>
            <ChangesLink tenant={tenant} />
            <Button
              icon={<Trash2 aria-hidden size={14} />}
              disabledReason={whyNot(role, "draft.edit")}
              onClick={() => setDeleting(true)}
            >
              Delete route
            </Button>
          </>
        }
      />
      <DeleteRouteDialog
        tenant={tenant}
        route={deleting ? route : null}
        onClose={() => setDeleting(false)}
        onDeleted={() => {
          client.removeQueries({ queryKey: ["routes", tenant] });
          router.push(paths.routes(tenant));
        }}
      />
    </>
  );
}
