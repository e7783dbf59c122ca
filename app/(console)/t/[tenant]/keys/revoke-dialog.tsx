"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { MethodBadge } from "#components/ui/badge.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { api } from "#lib/api/client.ts";
import type { ApiKey, KeyReach } from "#lib/keys/schema.ts";
import { KeyEnds } from "./key-columns.tsx";
import { reachQuery } from "./key-routes.tsx";
import { routesText } from "./reach-words.ts";

const MOST_ROUTES = 6;

type RevokeDialogProps = {
  tenant: string;
  apiKey: ApiKey | null;
  onClose: () => void;
  /** `at`: when the server had answered, by `performance.now()`. */
  onRevoked: (key: ApiKey, at: number) => void;
};

/** Shows what a key opens and uses, asks for its name, and ends it; open while there is a key. */
export function RevokeDialog({ tenant, apiKey, onClose, onRevoked }: RevokeDialogProps) {
  const client = useQueryClient();
  const reach = useQuery({
    ...reachQuery(tenant, apiKey?.id ?? ""),
    enabled: apiKey !== null,
    staleTime: 0,
  });
  const [reason, setReason] = useState("");
  // The words stay while the dialog fades.
  const last = useRef(apiKey);
  if (apiKey) last.current = apiKey;
  const shown = apiKey ?? last.current;

  const revoke = async () => {
    if (!apiKey) return;
    const path = `/tenants/${encodeURIComponent(tenant)}/keys/${apiKey.id}/revoke`;
    const revoked = await api.post<ApiKey>(path, { reason });
    const at = performance.now();
    setReason("");
    client.removeQueries({ queryKey: ["keys", tenant, "one", apiKey.id] });
    void client.invalidateQueries({ queryKey: ["key-name", tenant, apiKey.id] });
    onRevoked(revoked, at);
  };

  return (
    <ConfirmDialog
      open={apiKey !== null}
      onClose={onClose}
      title="Revoke this key?"
      confirmLabel="Revoke key"
      typeToConfirm={shown?.name ?? ""}
      disabledReason={reach.isPending ? "Looking up what the key opens." : null}
      onConfirm={revoke}
      blastRadius={
        shown ? (
          <div className="space-y-3">
            <p>
              <strong className="break-words font-medium">{shown.name}</strong> <KeyEnds apiKey={shown} />{" "}
              gets 401 from every gateway within milliseconds, for good. Last used{" "}
              <RelativeTime at={shown.lastUsedAt} />.
            </p>
            {reach.data ? <Reach reach={reach.data} /> : null}
            {reach.isPending && apiKey ? <Skeleton className="h-10 w-full" /> : null}
            <ErrorNotice error={reach.error} />
            <Field label="Reason" optional hint="Kept in the audit log.">
              <Input maxLength={500} value={reason} onValueChange={setReason} />
            </Field>
          </div>
        ) : null
      }
    />
  );
}

function Reach({ reach }: { reach: KeyReach }) {
  const used = reach.routes.filter(({ lastUsedAt }) => lastUsedAt !== null);
  const count = reach.opened - reach.unused;
  return (
    <div className="rounded-md border bg-surface px-3 py-2">
      <p>
        {reach.opened === 0
          ? "No live route lets it in now."
          : `Opens ${routesText(reach.opened).replace("route", "live route")}, ${count === 0 ? "and used none of them" : `used ${count.toLocaleString("en")} of them`} in the last 30 days${count === 0 ? "." : ":"}`}
      </p>
      {used.length > 0 ? (
        <ul className="mt-1">
          {used.slice(0, MOST_ROUTES).map((route) => (
            <li key={route.id} className="flex items-baseline gap-2">
              <span className="flex min-w-0 flex-1 items-baseline">
                <MethodBadge method={route.method} />
                <span className="break-all font-mono text-xs">{route.path}</span>
              </span>
              <span className="whitespace-nowrap text-muted text-xs">
                <RelativeTime at={route.lastUsedAt} />
              </span>
            </li>
          ))}
          {count > MOST_ROUTES ? (
            <li className="text-muted">and {(count - MOST_ROUTES).toLocaleString("en")} more</li>
          ) : null}
        </ul>
      ) : null}
    </div>
  );
}
