"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { DataTable } from "#components/table/data-table.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SecretDialog } from "#components/ui/secret-dialog.tsx";
import { TableSkeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api, type Page } from "#lib/api/client.ts";
import type { TokenScope } from "./scope.ts";
import { type ShownToken, tokenColumns } from "./token-columns.tsx";

const MintTokenDialog = fetchedAhead(() =>
  import("./mint-token-dialog.tsx").then((module) => module.MintTokenDialog),
);
const RotateTokenDialog = fetchedAhead(() =>
  import("./rotate-token-dialog.tsx").then((module) => module.RotateTokenDialog),
);

type Props = {
  scope: TokenScope;
  /** The page of the list that the address names, read by the server; without it the list is read here, whole. */
  loaded?: { cursor: string | null; page: Page<ShownToken>; at: number };
  empty: { title: string; body: string };
};

/** A list of tokens: make one (seen once), see its use, give it a new secret, revoke it. */
export function TokenPanel({ scope, loaded, empty }: Props) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["tokens", scope.path, loaded?.cursor ?? null],
    queryFn: ({ signal }) =>
      api.page<ShownToken>(scope.path, {
        query: loaded ? { cursor: loaded.cursor, limit: 25 } : { limit: 100 },
        signal,
      }),
    ...(loaded ? { initialData: loaded.page } : {}),
  });
  const [now] = useState(() => loaded?.at ?? Date.now());
  const [minting, setMinting] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [rotating, setRotating] = useState<ShownToken | null>(null);
  const [revoking, setRevoking] = useState<ShownToken | null>(null);
  const service = scope.kind === "service";
  const columns = useMemo(
    () => tokenColumns({ onRotate: setRotating, onRevoke: setRevoking, role: scope.role, service, now }),
    [scope.role, service, now],
  );
  const refresh = () => client.invalidateQueries({ queryKey: ["tokens", scope.path] });
  const show = (token: string) => {
    setMinting(false);
    setRotating(null);
    setSecret(token);
    void refresh();
  };
  const make = (
    <Button variant="primary" icon={<Plus aria-hidden size={14} />} onClick={() => setMinting(true)}>
      {service ? "Make service token" : "Make token"}
    </Button>
  );
  return (
    <>
      {query.data ? (
        <Listed rows={query.data.data} columns={columns} scope={scope} empty={empty} make={make}>
          {loaded ? <Pager nextCursor={query.data.nextCursor} /> : null}
        </Listed>
      ) : query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <TableSkeleton rows={2} />
      )}
      {minting ? (
        <MintTokenDialog scope={scope} open onClose={() => setMinting(false)} onMinted={show} />
      ) : null}
      {rotating ? (
        <RotateTokenDialog
          scope={scope}
          token={rotating}
          onClose={() => setRotating(null)}
          onRotated={show}
        />
      ) : null}
      <SecretDialog
        secret={secret}
        onDone={() => setSecret(null)}
        title={service ? "Your new service token" : "Your new access token"}
        ifLost="If it is lost, rotate the token: it gets another one."
      >
        <CodeBlock code={`export GATEHOUSE_TOKEN=…\n${scope.curl}`} label="Try it" />
      </SecretDialog>
      <ConfirmDialog
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke ${revoking?.name ?? "token"}?`}
        blastRadius={
          <>
            Whatever uses the token ending in <code className="font-mono">{revoking?.lastFour}</code> is
            refused from its next request on. Last used: <RelativeTime at={revoking?.lastUsedAt} />
            {revoking?.lastUsedFrom ? `, from ${revoking.lastUsedFrom}` : ""}.
          </>
        }
        confirmLabel="Revoke token"
        onConfirm={async () => {
          await api.delete(`${scope.path}/${revoking?.id}`);
          await refresh();
          toast.success("Token revoked");
        }}
      />
    </>
  );
}

function Listed({
  rows,
  columns,
  scope,
  empty,
  make,
  children,
}: {
  rows: ShownToken[];
  columns: ReturnType<typeof tokenColumns>;
  scope: TokenScope;
  empty: Props["empty"];
  make: ReactNode;
  children: ReactNode;
}) {
  if (rows.length === 0) {
    return (
      <EmptyState title={empty.title} body={empty.body} action={make}>
        <CodeBlock code={scope.curl} label="What it is for" />
      </EmptyState>
    );
  }
  return (
    <>
      <div className="mb-3 flex justify-end">{make}</div>
      <DataTable
        label={scope.kind === "service" ? "The tenant's tokens" : "Your tokens"}
        rows={rows}
        columns={columns}
        rowId={({ id }) => id}
      />
      {children}
      <div className="mt-4 max-w-3xl">
        <CodeBlock code={scope.curl} label="Call the management API" />
      </div>
    </>
  );
}
