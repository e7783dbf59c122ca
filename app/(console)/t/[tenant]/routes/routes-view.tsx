"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api, type Page } from "#lib/api/client.ts";
import { METHODS } from "#lib/contract/methods.ts";
import { paths } from "#lib/paths.ts";
import type { DraftRoute, RouteFilters } from "#lib/routes/schema.ts";
import { ChangesLink } from "../changes/changes-link.tsx";
import { DeleteRouteDialog } from "./delete-route.tsx";
import { PAGE_SIZE } from "./page-size.ts";
import { routeColumns } from "./route-columns.tsx";
import { firstSegment, grouped } from "./route-words.ts";

const FILTERS = [
  {
    name: "method",
    label: "Method",
    options: [{ value: "", label: "Any method" }, ...METHODS.map((value) => ({ value, label: value }))],
  },
  {
    name: "auth",
    label: "Who may call",
    options: [
      { value: "", label: "Any auth" },
      { value: "none", label: "Public" },
      { value: "api-key", label: "API key" },
      { value: "bearer", label: "Bearer token" },
    ],
  },
];

type RoutesViewProps = {
  tenant: string;
  role: Role;
  filters: RouteFilters & { cursor?: string | undefined };
  initial: Page<DraftRoute>;
  /** When the server read `initial`, in milliseconds. */
  loadedAt: number;
};

/** The draft's routes: find one, open it, switch it on or off, delete it. */
export function RoutesView({ tenant, role, filters, initial, loadedAt }: RoutesViewProps) {
  const client = useQueryClient();
  const base = `/tenants/${encodeURIComponent(tenant)}/routes`;
  const { data, error } = useQuery({
    queryKey: ["routes", tenant, filters],
    queryFn: ({ signal }) => api.page<DraftRoute>(base, { query: { ...filters, limit: PAGE_SIZE }, signal }),
    initialData: initial,
    initialDataUpdatedAt: loadedAt,
  });
  const [deleting, setDeleting] = useState<DraftRoute | null>(null);
  const refusal = whyNot(role, "draft.edit");
  const filtered = Boolean(filters.q || filters.method || filters.auth || filters.cursor);
  const rows = useMemo(() => grouped(data.data, (route) => firstSegment(route.path)), [data]);

  const columns = useMemo(() => {
    const refresh = () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["routes", tenant] }),
        client.invalidateQueries({ queryKey: ["changes", tenant] }),
      ]);
    const setEnabled = async (route: DraftRoute, enabled: boolean) => {
      const saved = await api.put<DraftRoute>(`${base}/${route.id}`, { ...route, enabled });
      await refresh();
      return saved;
    };
    const toggle = async (route: DraftRoute) => {
      try {
        const saved = await setEnabled(route, !route.enabled);
        toast.undo(
          `${saved.enabled ? "Enabled" : "Disabled"} ${route.method} ${route.path} in the draft`,
          () => setEnabled(saved, route.enabled),
        );
      } catch (reason) {
        toast.error(reason);
        await refresh();
      }
    };
    return routeColumns({ tenant, refusal, onToggle: toggle, onDelete: setDeleting });
  }, [base, client, refusal, tenant]);

  const create = refusal ? (
    <Button variant="primary" icon={<Plus aria-hidden size={14} />} disabledReason={refusal}>
      Create route
    </Button>
  ) : (
    <LinkButton href={paths.newRoute(tenant)} variant="primary" icon={<Plus aria-hidden size={14} />}>
      Create route
    </LinkButton>
  );
  const none = data.data.length === 0 && !filtered;

  return (
    <>
      <PageHeader
        title="Routes"
        description="The draft. Callers get what was published last."
        actions={
          <>
            <ChangesLink tenant={tenant} />
            {none ? null : create}
          </>
        }
      />
      <ErrorNotice error={error} />
      {none ? (
        <EmptyState
          title="No routes yet"
          body="A route says which requests are answered, by what, and who may make them. It needs a path and a target; nobody sees it before it is published."
          action={create}
        />
      ) : (
        <>
          <FilterBar search="Search by path or name" filters={FILTERS} />
          {rows.length ? (
            <DataTable
              label="Routes"
              rows={rows}
              columns={columns}
              rowId={(route) => route.id}
              rowHref={(route) => paths.route(tenant, route.id)}
              linkColumn="path"
              groupOf={(route) => firstSegment(route.path)}
            />
          ) : (
            <p className="px-2 py-8 text-muted">No route matches. Change the search or clear the filters.</p>
          )}
          <Pager
            nextCursor={data.nextCursor}
            summary={
              rows.length === 1
                ? "1 route"
                : `${rows.length} routes${data.nextCursor || filters.cursor ? " on this page" : ""}`
            }
          />
        </>
      )}
      <DeleteRouteDialog tenant={tenant} route={deleting} onClose={() => setDeleting(null)} />
    </>
  );
}
