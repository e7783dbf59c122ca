"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";

/** Asks before a route leaves the draft; open while there is a route. */
export function DeleteRouteDialog({
  tenant,
  route,
  onClose,
  onDeleted,
}: {
  tenant: string;
  route: DraftRoute | null;
  onClose: () => void;
  onDeleted?: () => void;
}) {
  const client = useQueryClient();
  // The words stay while the dialog fades.
  const last = useRef(route);
  if (route) last.current = route;
  const shown = route ?? last.current;
  const name = shown ? `${shown.method} ${shown.path}` : "";

  const remove = async () => {
    if (!route) return;
    await api.delete(`/tenants/${encodeURIComponent(tenant)}/routes/${route.id}`);
    toast.success(`Deleted ${name} from the draft`, "If it was live, it stays live until you publish.");
    await client.invalidateQueries({ queryKey: ["changes", tenant] });
    if (onDeleted) onDeleted();
    else await client.invalidateQueries({ queryKey: ["routes", tenant] });
  };

  return (
    <ConfirmDialog
      open={route !== null}
      onClose={onClose}
      title="Delete this route?"
      blastRadius={
        <>
          <strong className="break-all font-medium font-mono">{name}</strong> leaves the draft. If it is live,
          it stays live until published; after that its callers get 404 or 405.
        </>
      }
      confirmLabel="Delete route"
      onConfirm={remove}
    />
  );
}
