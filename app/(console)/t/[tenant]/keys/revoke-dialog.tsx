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
import type { ApiKey } from "#lib/keys/schema.ts";
import type { Changes } from "#lib/publishing/schema.ts";
import { KeyEnds } from "./key-columns.tsx";
import type { KeyReach } from "./reach.ts";

const MOST_ROUTES = 10;

/** Which live routes a key opens; asked for while somebody is about to revoke it. */
function useReach(tenant: string, id: string | null) {
  return useQuery({
    queryKey: ["key-reach", tenant, id],
    enabled: id !== null,
    staleTime: 0,
    gcTime: 0,
    queryFn: async ({ signal }): Promise<KeyReach> => {
      const base = `/tenants/${encodeURIComponent(tenant)}`;
      const { liveRevision } = await api.get<Changes>(`${base}/changes`, { signal });
      if (liveRevision === null) return { named: [], open: 0 };
      const { content } = await api.get<{ content: unknown }>(`${base}/revisions/${liveRevision}`, {
        signal,
      });
      const { reachOf } = await import("./reach.ts");
      return reachOf(content, id ?? "");
    },
  });
}

/** Shows what a key opens, asks for its name, and ends it; open while there is a key. */
export function RevokeDialog({
  tenant,
  apiKey,
  onClose,
  onRevoked,
}: {
  tenant: string;
  apiKey: ApiKey | null;
  onClose: () => void;
  onRevoked: (key: ApiKey) => void;
}) {
  const client = useQueryClient();
  const reach = useReach(tenant, apiKey?.id ?? null);
  const [reason, setReason] = useState("");
  // The words stay while the dialog fades.
  const last = useRef(apiKey);
  if (apiKey) last.current = apiKey;
  const shown = apiKey ?? last.current;

  const revoke = async () => {
    if (!apiKey) return;
    const path = `/tenants/${encodeURIComponent(tenant)}/keys/${apiKey.id}/revoke`;
    const revoked = await api.post<ApiKey>(path, { reason });
    setReason("");
    client.removeQueries({ queryKey: ["keys", tenant, "one", apiKey.id] });
    void client.invalidateQueries({ queryKey: ["key-name", tenant, apiKey.id] });
    onRevoked(revoked);
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
              gets 401 from every gateway at once, for good. Last used <RelativeTime at={shown.lastUsedAt} />.
            </p>
            {reach.data ? <Reach reach={reach.data} /> : null}
            {reach.isPending ? <Skeleton className="h-10 w-full" /> : null}
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

function Reach({ reach: { named, open } }: { reach: KeyReach }) {
  const rest = named.length - MOST_ROUTES;
  return (
    <div className="rounded-md border bg-surface px-3 py-2">
      {named.length ? (
        <>
          <p className="mb-1">
            {named.length === 1 ? "1 live route names it:" : `${named.length} live routes name it:`}
          </p>
          <ul className="mb-1">
            {named.slice(0, MOST_ROUTES).map((route) => (
              <li key={route.id} className="flex items-baseline">
                <MethodBadge method={route.method} />
                <span className="break-all font-mono text-xs">{route.path}</span>
              </li>
            ))}
            {rest > 0 ? <li className="text-muted">and {rest} more</li> : null}
          </ul>
        </>
      ) : (
        <p>No live route names it.</p>
      )}
      <p className="text-muted">
        {open === 1 ? "1 live route takes" : `${open.toLocaleString("en")} live routes take`} every key of the
        tenant, this one too.
      </p>
    </div>
  );
}
