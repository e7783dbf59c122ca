"use client";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import { lossOf } from "#lib/issuers/rules.ts";
import type { BearerRoutes, IssuerView } from "#lib/issuers/schema.ts";

type Props = {
  tenant: string;
  issuer: IssuerView | null;
  /** How many other issuers are accepted. */
  others: number;
  deletes: boolean;
  onClose: () => void;
  onDone: () => Promise<unknown>;
};

/** Says which routes its tokens open before an issuer is disabled or deleted; open while there is an issuer. */
export function LossDialog({ tenant, issuer, others, deletes, onClose, onDone }: Props) {
  const base = `/tenants/${encodeURIComponent(tenant)}`;
  const routes = useQuery({
    queryKey: ["bearer-routes", tenant],
    enabled: issuer !== null,
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) => api.get<BearerRoutes>(`${base}/issuers/routes`, { signal }),
  });
  // The words stay while the dialog fades.
  const last = useRef({ issuer, deletes });
  if (issuer) last.current = { issuer, deletes };
  const shown = last.current;
  const found = routes.data;
  const more = found ? Math.max(found.live, found.draft) - found.examples.length : 0;
  return (
    <ConfirmDialog
      open={issuer !== null}
      onClose={onClose}
      title={`${shown.deletes ? "Delete" : "Disable"} ${shown.issuer?.name ?? "issuer"}?`}
      confirmLabel={shown.deletes ? "Delete issuer" : "Disable issuer"}
      blastRadius={
        <div className="space-y-2">
          <ErrorNotice error={routes.error} />
          {routes.isPending ? (
            <Skeleton className="h-10" />
          ) : (
            <p>{shown.issuer && found ? lossOf(shown.issuer, found, others) : null}</p>
          )}
          {found && found.examples.length > 0 ? (
            <ul className="font-mono text-xs">
              {found.examples.map(({ id, method, path }) => (
                <li key={id} className="break-all">
                  {method} {path}
                </li>
              ))}
              {more > 0 ? <li className="font-sans text-muted">and {more} more</li> : null}
            </ul>
          ) : null}
          {shown.deletes && shown.issuer?.kind === "secret" ? (
            <p>Its shared secret is erased and cannot be brought back.</p>
          ) : null}
        </div>
      }
      onConfirm={async () => {
        if (!issuer) return;
        if (deletes) await api.delete(`${base}/issuers/${issuer.id}`, { ifMatch: issuer.version });
        else await api.patch(`${base}/issuers/${issuer.id}`, { enabled: false, version: issuer.version });
        await onDone();
        toast.success(`${issuer.name} ${deletes ? "deleted" : "disabled"}`);
      }}
    />
  );
}
