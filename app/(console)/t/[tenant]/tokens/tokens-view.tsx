"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { Pager } from "#components/table/pager.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SecretDialog } from "#components/ui/secret-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api, type Page } from "#lib/api/client.ts";
import type { AccessToken } from "#lib/tokens/schema.ts";
import { MintTokenDialog } from "./mint-token-dialog.tsx";

type Props = { tenant: string; origin: string; cursor: string | null; initial: Page<AccessToken> };

/** The person's own access tokens for this tenant: make one (seen once), see their use, revoke. */
export function TokensView({ tenant, origin, cursor, initial }: Props) {
  const client = useQueryClient();
  const path = `/tenants/${encodeURIComponent(tenant)}/tokens`;
  const query = useQuery({
    queryKey: ["tokens", tenant, cursor],
    queryFn: ({ signal }) => api.page<AccessToken>(path, { query: { cursor, limit: 25 }, signal }),
    initialData: initial,
  });
  const [minting, setMinting] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<AccessToken | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["tokens", tenant] });
  const columns = useMemo(() => tokenColumns(setRevoking), []);
  const curl = `curl -H "Authorization: Bearer $GATEHOUSE_TOKEN" ${origin}/api/v1/tenants/${tenant}/routes`;
  const mint = (
    <Button variant="primary" icon={<Plus aria-hidden size={14} />} onClick={() => setMinting(true)}>
      Make token
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Access tokens"
        description="For scripts that call the management API with your own rights, in this tenant only. Nobody else sees them here."
        actions={query.data.data.length > 0 ? mint : null}
      />
      {query.error ? <ErrorNotice error={query.error} /> : null}
      {query.data.data.length > 0 ? (
        <>
          <DataTable label="Access tokens" rows={query.data.data} columns={columns} rowId={({ id }) => id} />
          <Pager nextCursor={query.data.nextCursor} />
          <div className="mt-4 max-w-3xl">
            <CodeBlock code={curl} label="Call the management API" />
          </div>
        </>
      ) : (
        <EmptyState
          title="You have no access token for this tenant"
          body="A token lets a script or a pipeline do what you may do here. It is shown once and expires."
          action={mint}
        >
          <CodeBlock code={curl} label="What it is for" />
        </EmptyState>
      )}
      <MintTokenDialog
        tenant={tenant}
        open={minting}
        onClose={() => setMinting(false)}
        onMinted={(token) => {
          setMinting(false);
          setSecret(token);
          void refresh();
        }}
      />
      <SecretDialog secret={secret} onDone={() => setSecret(null)} title="Your new access token">
        <CodeBlock code={`export GATEHOUSE_TOKEN=…\n${curl}`} label="Use it" />
      </SecretDialog>
      <ConfirmDialog
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke ${revoking?.name ?? "token"}?`}
        blastRadius={
          <>
            Whatever uses the token ending in <code className="font-mono">{revoking?.lastFour}</code> is
            refused from its next request on. Last used: <RelativeTime at={revoking?.lastUsedAt} />.
          </>
        }
        confirmLabel="Revoke token"
        onConfirm={async () => {
          await api.delete(`${path}/${revoking?.id}`);
          await refresh();
          toast.success("Token revoked");
        }}
      />
    </>
  );
}

const tokenColumns = (onRevoke: (token: AccessToken) => void): Column<AccessToken>[] => [
  { id: "status", header: "Status", phone: "lead", cell: (row) => <StatusBadge status={row.status} /> },
  {
    id: "name",
    header: "Name",
    phone: "lead",
    grow: true,
    cell: (row) => (
      <span className="font-medium" title={row.name}>
        {row.name}
      </span>
    ),
  },
  {
    id: "token",
    header: "Token",
    mono: true,
    cell: (row) => <span className="whitespace-nowrap">…{row.lastFour}</span>,
  },
  { id: "used", header: "Last used", cell: (row) => <RelativeTime at={row.lastUsedAt} /> },
  { id: "expires", header: "Expires", cell: (row) => <RelativeTime at={row.expiresAt} /> },
  { id: "created", header: "Made", phone: "hide", cell: (row) => <RelativeTime at={row.createdAt} /> },
  {
    id: "actions",
    header: "Actions",
    hideHeader: true,
    align: "end",
    cell: (row) => (
      <Button
        size="small"
        aria-label={`Revoke ${row.name}`}
        disabledReason={row.status === "active" ? null : `This token is ${row.status} already.`}
        onClick={() => onRevoke(row)}
      >
        Revoke
      </Button>
    ),
  },
];
