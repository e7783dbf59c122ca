"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Send } from "lucide-react";
import { useMemo, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { useUrlState } from "#components/table/use-url-state.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api, type Page } from "#lib/api/client.ts";
import type { ApiKey, KeyStatus } from "#lib/keys/schema.ts";
import { paths } from "#lib/paths.ts";
import { HandOverKey } from "./claim-key.tsx";
import { Enforcement } from "./enforcement.tsx";
import { keyColumns } from "./key-columns.tsx";
import { KeysTabs } from "./keys-tabs.tsx";
import { MintKey } from "./mint-key.tsx";
import { KEYS_PER_PAGE } from "./page-size.ts";
import { RevokeDialog } from "./revoke-dialog.tsx";

const FILTERS = [
  {
    name: "status",
    label: "Status",
    options: [
      { value: "", label: "Any status" },
      { value: "active", label: "Active" },
      { value: "rotating", label: "Rotating" },
      { value: "expired", label: "Expired" },
      { value: "revoked", label: "Revoked" },
    ],
  },
];

type KeysViewProps = {
  tenant: string;
  role: Role;
  gatewayUrl: string;
  filters: { q?: string | undefined; status?: KeyStatus | undefined; cursor?: string | undefined };
  initial: Page<ApiKey>;
  /** When the server read `initial`, in milliseconds. */
  loadedAt: number;
};

/** The callers' credentials: find one, mint one, revoke one and see that every gateway refuses it. */
export function KeysView({ tenant, role, gatewayUrl, filters, initial, loadedAt }: KeysViewProps) {
  const client = useQueryClient();
  const url = useUrlState();
  const { data, error } = useQuery({
    queryKey: ["keys", tenant, "list", filters],
    queryFn: ({ signal }) =>
      api.page<ApiKey>(`/tenants/${encodeURIComponent(tenant)}/keys`, {
        query: { ...filters, limit: KEYS_PER_PAGE },
        signal,
      }),
    initialData: initial,
    initialDataUpdatedAt: loadedAt,
  });
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const [revoked, setRevoked] = useState<ApiKey | null>(null);
  const refusal = whyNot(role, "key.manage");
  const columns = useMemo(() => keyColumns({ tenant, refusal, onRevoke: setRevoking }), [tenant, refusal]);
  const filtered = Boolean(filters.q || filters.status || filters.cursor);
  const none = data.data.length === 0 && !filtered;
  const mint = (
    <Button
      variant="primary"
      icon={<KeyRound aria-hidden size={14} />}
      disabledReason={refusal}
      onClick={() => url.set({ mint: "1" })}
    >
      Mint key
    </Button>
  );
  const handOver = (
    <Button
      icon={<Send aria-hidden size={14} />}
      disabledReason={refusal}
      onClick={() => url.set({ handover: "1" })}
    >
      Hand over key
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Keys"
        description="What callers show in X-Api-Key. Minting and revoking act at once, without publishing."
        actions={
          none ? null : (
            <>
              {handOver}
              {mint}
            </>
          )
        }
      />
      <KeysTabs tenant={tenant} current="keys" />
      <ErrorNotice error={error} />
      {revoked ? <Enforcement tenant={tenant} id={revoked.id} name={revoked.name} /> : null}
      {none ? (
        <EmptyState
          title="No keys yet"
          body="A key lets a caller through the routes that ask for one. It is shown once, when it is made."
          action={
            <div className="flex flex-wrap gap-2">
              {mint}
              {handOver}
            </div>
          }
        />
      ) : (
        <>
          <FilterBar search="Search by name, prefix or last four" filters={FILTERS} />
          {data.data.length ? (
            <DataTable
              label="Keys"
              rows={data.data}
              columns={columns}
              rowId={(key) => key.id}
              rowHref={(key) => paths.key(tenant, key.id)}
              linkColumn="name"
            />
          ) : (
            <p className="px-2 py-8 text-muted">No key matches. Change the search or clear the filters.</p>
          )}
          <Pager
            nextCursor={data.nextCursor}
            summary={`${data.data.length} ${data.data.length === 1 ? "key" : "keys"}${data.nextCursor || filters.cursor ? " on this page" : ""}`}
          />
        </>
      )}
      <HandOverKey
        tenant={tenant}
        refusal={refusal}
        open={url.get("handover") === "1"}
        onClose={() => url.set({ handover: null })}
      />
      <MintKey
        tenant={tenant}
        gatewayUrl={gatewayUrl}
        refusal={refusal}
        open={url.get("mint") === "1"}
        onClose={() => url.set({ mint: null })}
      />
      <RevokeDialog
        tenant={tenant}
        apiKey={revoking}
        onClose={() => setRevoking(null)}
        onRevoked={(key) => {
          setRevoked(key);
          void client.invalidateQueries({ queryKey: ["keys", tenant] });
        }}
      />
    </>
  );
}
