"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api, type Page } from "#lib/api/client.ts";
import type { IssuerView } from "#lib/issuers/schema.ts";
import { issuerColumns } from "./issuer-columns.tsx";
import { LossDialog } from "./loss-dialog.tsx";
import { TestToken } from "./test-token.tsx";

// Only those who may change something, and do, need a form.
const IssuerPanel = fetchedAhead(() => import("./issuer-panel.tsx").then((module) => module.IssuerPanel));
const KeysDialog = fetchedAhead(() => import("./keys-dialog.tsx").then((module) => module.KeysDialog));

type Props = { tenant: string; role: Role; cursor: string | null; initial: Page<IssuerView> };
type Open = { what: "form" | "keys" | "delete" | "disable"; issuer: IssuerView | null };

/** Whose bearer tokens are accepted: add an issuer, change it, see its keys, try a token. */
export function IssuersView({ tenant, role, cursor, initial }: Props) {
  const client = useQueryClient();
  const path = `/tenants/${encodeURIComponent(tenant)}/issuers`;
  const query = useQuery({
    queryKey: ["issuers", tenant, cursor],
    queryFn: ({ signal }) => api.page<IssuerView>(path, { query: { cursor, limit: 25 }, signal }),
    initialData: initial,
  });
  const [open, setOpen] = useState<Open | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["issuers", tenant] });
  const refusal = whyNot(role, "key.manage");
  const columns = useMemo(() => {
    const show = (what: Open["what"]) => (issuer: IssuerView) => setOpen({ what, issuer });
    return issuerColumns({
      refusal,
      onEdit: show("form"),
      onKeys: show("keys"),
      onDelete: show("delete"),
      onDisable: show("disable"),
      async onEnable(issuer) {
        try {
          await api.patch(`${path}/${issuer.id}`, { enabled: true, version: issuer.version });
          await client.invalidateQueries({ queryKey: ["issuers", tenant] });
          toast.success(`${issuer.name} is accepted again`);
        } catch (error) {
          toast.error(error, "Not enabled");
        }
      },
    });
  }, [client, path, refusal, tenant]);
  const issuers = query.data.data;
  const add = (
    <Button
      variant="primary"
      icon={<Plus aria-hidden size={14} />}
      disabledReason={refusal}
      onClick={() => setOpen({ what: "form", issuer: null })}
    >
      Add issuer
    </Button>
  );
  const others = (issuer: IssuerView) =>
    issuers.filter((each) => each.enabled && each.id !== issuer.id).length;
  const ending = open?.what === "delete" || open?.what === "disable" ? open : null;
  return (
    <>
      <PageHeader
        title="Issuers"
        description="Whose tokens open routes that ask for a bearer token. Changes act at once, without publishing."
        actions={issuers.length > 0 ? add : null}
      />
      <ErrorNotice error={query.error} />
      {issuers.length > 0 ? (
        <>
          <DataTable label="Issuers" rows={issuers} columns={columns} rowId={({ id }) => id} />
          <Pager nextCursor={query.data.nextCursor} />
          <TestToken tenant={tenant} />
        </>
      ) : (
        <EmptyState
          title="No issuers yet"
          body="An issuer is a service that signs people or machines in and gives them tokens, such as Auth0, Entra ID, Keycloak or your own. Name it here, and routes with bearer authentication let its tokens through. Until then every such route answers 401."
          action={add}
        />
      )}
      {open?.what === "form" ? (
        <IssuerPanel
          tenant={tenant}
          issuer={open.issuer}
          onClose={() => setOpen(null)}
          onSaved={(saved) => {
            setOpen(null);
            void refresh();
            toast.success(open.issuer ? `${saved.name} saved` : `Tokens of ${saved.name} are accepted`);
          }}
        />
      ) : null}
      {open?.what === "keys" && open.issuer ? (
        <KeysDialog tenant={tenant} issuer={open.issuer} onClose={() => setOpen(null)} />
      ) : null}
      <LossDialog
        tenant={tenant}
        issuer={ending?.issuer ?? null}
        others={ending?.issuer ? others(ending.issuer) : 0}
        deletes={ending?.what === "delete"}
        onClose={() => setOpen(null)}
        onDone={refresh}
      />
    </>
  );
}
