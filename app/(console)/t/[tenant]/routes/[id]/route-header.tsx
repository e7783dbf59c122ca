"use client";
import { useQueryClient } from "@tanstack/react-query";
import { CopyPlus, Power, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { paths } from "#lib/paths.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";
import { ChangesLink } from "../../changes/changes-link.tsx";
import { DeleteRouteDialog } from "../delete-route.tsx";

/** Which route this is, and what can be done with the whole of it. */
export function RouteHeader({
  tenant,
  role,
  route,
  dirty,
  onSwitch,
}: {
  tenant: string;
  role: Role;
  route: DraftRoute;
  /** Whether something is typed that is not saved: what acts on the whole route waits for it. */
  dirty: boolean;
  onSwitch: (enabled: boolean) => Promise<void>;
}) {
  const router = useRouter();
  const client = useQueryClient();
  const [deleting, setDeleting] = useState(false);
  const [switching, setSwitching] = useState(false);
  const refusal = whyNot(role, "draft.edit");
  const switchOver = async () => {
    setSwitching(true);
    await onSwitch(!route.enabled);
    setSwitching(false);
  };
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
              icon={<Power aria-hidden size={14} />}
              loading={switching}
              disabledReason={refusal ?? (dirty ? "Save or discard what you changed first." : null)}
              onClick={switchOver}
            >
              {route.enabled ? "Disable route" : "Enable route"}
            </Button>
            {refusal ? (
              <Button icon={<CopyPlus aria-hidden size={14} />} disabledReason={refusal}>
                Duplicate
              </Button>
            ) : (
              <LinkButton
                href={`${paths.newRoute(tenant)}?from=${encodeURIComponent(route.id)}`}
                icon={<CopyPlus aria-hidden size={14} />}
              >
                Duplicate
              </LinkButton>
            )}
            <Button
              icon={<Trash2 aria-hidden size={14} />}
              disabledReason={refusal}
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
