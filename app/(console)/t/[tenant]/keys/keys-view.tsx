"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarX2, KeyRound, ScanSearch, Send } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { useUrlState } from "#components/table/use-url-state.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api, type Page } from "#lib/api/client.ts";
import { isSecret } from "#lib/contract/pasted-key.ts";
import { SOON_DAYS } from "#lib/keys/rules.ts";
import type { ApiKey, KeyFilters } from "#lib/keys/schema.ts";
import { paths } from "#lib/paths.ts";
import type { BulkOf } from "./bulk-revoke.tsx";
import { HandOverKey } from "./claim-key.tsx";
import { Enforcement } from "./enforcement.tsx";
import { keyColumns } from "./key-columns.tsx";
import { KeySelection } from "./key-selection.tsx";
import { keysText } from "./key-words.ts";
import { KeysTabs } from "./keys-tabs.tsx";
import { MintKey } from "./mint-key.tsx";
import { KEYS_PER_PAGE } from "./page-size.ts";
import { useKeySelection } from "./use-key-selection.ts";
import { useOnceOpen } from "./use-once-open.ts";

const FindKey = fetchedAhead(() => import("./find-key.tsx").then((module) => module.FindKey));
const BulkRevoke = fetchedAhead(() => import("./bulk-revoke.tsx").then((module) => module.BulkRevoke));
const RevokeDialog = fetchedAhead(() => import("./revoke-dialog.tsx").then((module) => module.RevokeDialog));

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
  {
    name: "used",
    label: "Use",
    options: [
      { value: "", label: "Used or not" },
      { value: "never", label: "Never used" },
    ],
  },
  {
    name: "expires",
    label: "Expiry",
    options: [
      { value: "", label: "Any expiry" },
      { value: "soon", label: `Expires within ${SOON_DAYS} days` },
    ],
  },
];

type KeysViewProps = {
  tenant: string;
  role: Role;
  gatewayUrl: string;
  filters: KeyFilters & { cursor?: string | undefined };
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
  const [revoked, setRevoked] = useState<{ what: string; id: string; since: number } | null>(null);
  const [bulk, setBulk] = useState<BulkOf | null>(null);
  const [pasted, setPasted] = useState("");
  const selection = useKeySelection(data.data);
  const finding = url.get("find") === "1";
  const used = {
    find: useOnceOpen(finding),
    bulk: useOnceOpen(bulk !== null),
    revoke: useOnceOpen(revoking !== null),
  };
  const refusal = whyNot(role, "key.manage");
  const columns = useMemo(
    () => keyColumns({ tenant, refusal, selection, onRevoke: setRevoking }),
    [tenant, refusal, selection],
  );
  const filtered = Object.values(filters).some(Boolean);
  const { set } = url;
  // A key that was pasted into the search would end up in the address; it is looked up by its hash instead.
  const takeSecret = useCallback(
    (text: string) => {
      if (!isSecret(text)) return false;
      setPasted(text);
      set({ find: "1", q: null });
      return true;
    },
    [set],
  );
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
              <Button icon={<ScanSearch aria-hidden size={14} />} onClick={() => url.set({ find: "1" })}>
                Find a key
              </Button>
              <Menu
                trigger={<Button>More</Button>}
                items={[
                  {
                    label: "Revoke all made before…",
                    icon: <CalendarX2 aria-hidden size={14} />,
                    danger: true,
                    onSelect: () => setBulk("made before"),
                    disabledReason: refusal,
                  },
                ]}
              />
              {handOver}
              {mint}
            </>
          )
        }
      />
      <KeysTabs tenant={tenant} current="Keys" />
      <ErrorNotice error={error} />
      {revoked ? <Enforcement key={revoked.id} tenant={tenant} {...revoked} /> : null}
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
          <FilterBar search="Search by name, prefix or last four" filters={FILTERS} take={takeSecret} />
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
          <KeySelection
            count={selection.ids.size}
            left={selection.left}
            refusal={refusal}
            onChoosePage={selection.choosePage}
            onClear={selection.clear}
            onRevoke={() => setBulk({ ids: [...selection.ids] })}
          />
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
      {used.revoke ? (
        <RevokeDialog
          tenant={tenant}
          apiKey={revoking}
          onClose={() => setRevoking(null)}
          onRevoked={({ id, name }, since) => {
            setRevoked({ what: `“${name}” is`, id, since });
            void client.invalidateQueries({ queryKey: ["keys", tenant] });
          }}
        />
      ) : null}
      {used.bulk ? (
        <BulkRevoke
          tenant={tenant}
          of={bulk}
          onClose={() => setBulk(null)}
          onRevoked={(count, id, since) => {
            setRevoked({ what: `${keysText(count)} ${count === 1 ? "is" : "are"}`, id, since });
            selection.clear();
            void client.invalidateQueries({ queryKey: ["keys", tenant] });
          }}
        />
      ) : null}
      {used.find ? (
        <FindKey
          tenant={tenant}
          open={finding}
          pasted={pasted}
          onClose={() => {
            setPasted("");
            url.set({ find: null });
          }}
        />
      ) : null}
    </>
  );
}
