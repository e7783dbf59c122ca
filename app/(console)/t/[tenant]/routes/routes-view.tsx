"use client";
import { Plus, Upload } from "lucide-react";
import { useCallback, useMemo, useState } from "react";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { VirtualTable } from "#components/table/virtual-table.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { TableSkeleton } from "#components/ui/skeleton.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { countOf } from "#lib/overview/rules.ts";
import { paths } from "#lib/paths.ts";
import type { BulkChange, ListedRoute, RouteFilters } from "#lib/routes/schema.ts";
import { ChangesLink } from "../changes/changes-link.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { listFilters } from "./list-filters.ts";
import { routeColumns } from "./route-columns.tsx";
import { firstSegment } from "./route-words.ts";
import { type InitialRoutes, type RouteSort, useRouteList } from "./use-route-list.ts";
import { useRowActions } from "./use-row-actions.ts";
import { useSelection } from "./use-selection.ts";

const BulkDialog = fetchedAhead(() => import("./bulk-dialog.tsx").then((module) => module.BulkDialog));

const idOf = (route: ListedRoute) => route.id;
const nameOf = (route: ListedRoute) => `${route.method} ${route.path}`;
const groupOf = (route: ListedRoute) => firstSegment(route.path);
const longPath = (route: ListedRoute) => (route.path.length > 48 ? route.path : null);

type RoutesViewProps = {
  tenant: string;
  role: Role;
  gatewayUrl: string;
  filters: RouteFilters;
  sort: RouteSort;
  initial: InitialRoutes;
  /** When the server read `initial`, in milliseconds. */
  loadedAt: number;
};

/** The draft's routes: find any of them, see how each stands, change one or many. */
export function RoutesView({ tenant, role, gatewayUrl, filters, sort, initial, loadedAt }: RoutesViewProps) {
  const { list, routes, count, facets, refresh, replace } = useRouteList({
    tenant,
    filters,
    sort,
    initial,
    loadedAt,
  });
  const refusal = whyNot(role, "draft.edit");
  const selection = useSelection(routes, filters);
  const [bulk, setBulk] = useState<{ change: BulkChange | null } | null>(null);
  const actions = useRowActions({ tenant, gatewayUrl, refresh, replace });
  const { onToggle, onDelete, onCopyUrl, onCopyCurl } = actions;
  const columns = useMemo(
    () => routeColumns({ tenant, refusal, onToggle, onDelete, onCopyUrl, onCopyCurl }),
    [tenant, refusal, onToggle, onDelete, onCopyUrl, onCopyCurl],
  );
  const filterList = useMemo(() => listFilters(facets, filters), [facets, filters]);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  const filtered = Object.values(filters).some((value) => value !== undefined && value !== "");
  const none = routes.length === 0 && !filtered;
  const create = refusal ? (
    <Button variant="primary" icon={<Plus aria-hidden size={14} />} disabledReason={refusal}>
      Create route
    </Button>
  ) : (
    <LinkButton href={paths.newRoute(tenant)} variant="primary" icon={<Plus aria-hidden size={14} />}>
      Create route
    </LinkButton>
  );

  const bring = (
    <LinkButton href={paths.importRoutes(tenant)} icon={<Upload aria-hidden size={14} />}>
      Import
    </LinkButton>
  );

  return (
    <>
      <PageHeader
        title="Routes"
        description="The draft. Callers get what was published last."
        actions={
          <>
            <ChangesLink tenant={tenant} />
            {none ? null : bring}
            {none ? null : create}
          </>
        }
      />
      {none ? (
        <EmptyState
          title="No routes yet"
          body="A route says which requests are answered, by what, and who may make them. It needs a path and a target; nobody sees it before it is published."
          action={
            <>
              {create}
              {bring}
            </>
          }
        />
      ) : (
        <>
          <FilterBar search="Search path, name, target or tag" filters={filterList}>
            <p role="status" className="whitespace-nowrap text-sm tabular-nums">
              {countOf(count, "route")}
            </p>
          </FilterBar>
          {routes.length === 0 ? (
            <p className="px-2 py-8 text-muted">No route matches. Change the search or clear the filters.</p>
          ) : (
            <VirtualTable
              label="Routes"
              rows={routes}
              total={count.capped ? null : count.count}
              columns={columns}
              rowId={idOf}
              rowName={nameOf}
              rowHref={(route) => paths.route(tenant, route.id)}
              linkColumn="path"
              fullText={longPath}
              {...(sort === "path" ? { groupOf } : {})}
              selection={refusal ? undefined : selection}
              onNearEnd={onNearEnd}
            >
              {isFetchingNextPage ? <TableSkeleton rows={3} label="Loading more routes" /> : null}
            </VirtualTable>
          )}
          {list.error ? <ErrorState error={list.error} onRetry={() => void fetchNextPage()} /> : null}
          <BulkBar
            selection={selection}
            count={count}
            filtered={filtered}
            onChange={(change) => setBulk({ change })}
          />
        </>
      )}
      {bulk && selection.chosen ? (
        <BulkDialog
          tenant={tenant}
          chosen={selection.chosen}
          preset={bulk.change}
          onClose={() => setBulk(null)}
          onDone={() => {
            setBulk(null);
            selection.clear();
            return refresh();
          }}
          onUndone={refresh}
        />
      ) : null}
    </>
  );
}
