"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { useUrlState } from "#components/table/use-url-state.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api, type Page } from "#lib/api/client.ts";
import type { Claim, ClaimStatus } from "#lib/claims/schema.ts";
import { HandOverKey } from "../claim-key.tsx";
import { KeysTabs } from "../keys-tabs.tsx";
import { KEYS_PER_PAGE } from "../page-size.ts";
import { claimColumns } from "./claim-columns.tsx";

const ASK_EVERY_MS = 10_000;
const FILTERS = [
  {
    name: "status",
    label: "Status",
    options: [
      { value: "", label: "Any status" },
      { value: "waiting", label: "Waiting" },
      { value: "opened", label: "Opened" },
      { value: "revealed", label: "Revealed" },
      { value: "expired", label: "Expired" },
      { value: "cancelled", label: "Cancelled" },
    ],
  },
];

type LinksViewProps = {
  tenant: string;
  role: Role;
  filters: { status?: ClaimStatus | undefined; cursor?: string | undefined };
  initial: Page<Claim>;
  /** When the server read `initial`, in milliseconds. */
  loadedAt: number;
};

/** The claim links: which wait, which were opened, which key came of which; make one, withdraw one. */
export function LinksView({ tenant, role, filters, initial, loadedAt }: LinksViewProps) {
  const client = useQueryClient();
  const url = useUrlState();
  const base = `/tenants/${encodeURIComponent(tenant)}/claims`;
  const { data, error } = useQuery({
    queryKey: ["claims", tenant, "list", filters],
    queryFn: ({ signal }) => api.page<Claim>(base, { query: { ...filters, limit: KEYS_PER_PAGE }, signal }),
    initialData: initial,
    initialDataUpdatedAt: loadedAt,
    // Partners act while somebody waits for them.
    refetchInterval: ASK_EVERY_MS,
  });
  const [cancelling, setCancelling] = useState<Claim | null>(null);
  // The words stay while the dialog fades.
  const last = useRef(cancelling);
  if (cancelling) last.current = cancelling;
  const shown = cancelling ?? last.current;
  const refusal = whyNot(role, "key.manage");
  const columns = useMemo(
    () => claimColumns({ tenant, refusal, onCancel: setCancelling }),
    [tenant, refusal],
  );
  const none = data.data.length === 0 && !filters.status && !filters.cursor;
  const handOver = (
    <Button
      variant="primary"
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
        description="A claim link lets a partner reveal a key that nobody has seen before, not even you. Each works once."
        actions={none ? null : handOver}
      />
      <KeysTabs tenant={tenant} current="Claim links" />
      <ErrorNotice error={error} />
      {none ? (
        <EmptyState
          title="No claim links yet"
          body="Hand a key over without seeing it: you send a link, the partner opens it and presses Reveal, and the key is made at that moment. The link can be withdrawn until then."
          action={handOver}
        />
      ) : (
        <>
          <FilterBar filters={FILTERS} />
          {data.data.length ? (
            <DataTable label="Claim links" rows={data.data} columns={columns} rowId={(claim) => claim.id} />
          ) : (
            <p className="px-2 py-8 text-muted">No claim link matches. Clear the filter to see all.</p>
          )}
          <Pager
            nextCursor={data.nextCursor}
            summary={`${data.data.length} ${data.data.length === 1 ? "link" : "links"}${data.nextCursor || filters.cursor ? " on this page" : ""}`}
          />
        </>
      )}
      <HandOverKey
        tenant={tenant}
        refusal={refusal}
        open={url.get("handover") === "1"}
        onClose={() => url.set({ handover: null })}
      />
      <ConfirmDialog
        open={cancelling !== null}
        onClose={() => setCancelling(null)}
        title="Cancel this claim link?"
        confirmLabel="Cancel link"
        onConfirm={async () => {
          await api.delete<Claim>(`${base}/${cancelling?.id}`);
          await client.invalidateQueries({ queryKey: ["claims", tenant] });
          toast.success("The link is cancelled", "Whoever opens it sees that it no longer works.");
        }}
        blastRadius={
          shown ? (
            <p>
              The link for <strong className="wrap-anywhere font-medium">{shown.keyName}</strong>, made{" "}
              <RelativeTime at={shown.createdAt} /> by {shown.createdBy}, stops working at once and for good.{" "}
              {shown.openedAt ? "The partner has opened it already. " : ""}
              No key exists yet, so no caller is affected
              {shown.rotates ? ", and the key that it was to replace goes on as before" : ""}. To hand the key
              over after all, make another link.
            </p>
          ) : null
        }
      />
    </>
  );
}
