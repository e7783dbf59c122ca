"use client";
import { useQuery } from "@tanstack/react-query";
import { Download, GitCompareArrows, RotateCcw, Upload } from "lucide-react";
import { lazy, Suspense, useState, useSyncExternalStore } from "react";
import { useGateways } from "#components/shell/live-pill.tsx";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { Pager } from "#components/table/pager.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { RowMenu } from "#components/ui/menu.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api, type Page } from "#lib/api/client.ts";
import type { Gateways } from "#lib/gateways/schema.ts";
import { paths } from "#lib/paths.ts";
import type { Revision } from "#lib/publishing/schema.ts";
import { REVISIONS_PER_PAGE } from "../changes/page-size.ts";
import { downloadOpenApi, downloadRevision } from "./download.ts";
import { whereLive } from "./where-live.ts";

const RollBackDialog = lazy(() =>
  import("./roll-back-dialog.tsx").then((module) => ({ default: module.RollBackDialog })),
);
const ImportDialog = lazy(() =>
  import("./import-dialog.tsx").then((module) => ({ default: module.ImportDialog })),
);

type Row = Revision & { where: string | null };
type Actions = { tenant: string; role: Role; live: number | null; onRollBack: (number: number) => void };

const columns = ({ tenant, role, live, onRollBack }: Actions): Column<Row>[] => [
  {
    id: "live",
    header: "Status",
    phone: "lead",
    cell: ({ live: isLive, where }) => (
      <span className="flex items-center gap-2">
        {isLive ? (
          <StatusBadge status="live" />
        ) : where ? (
          <StatusBadge status="retrying" word="Leaving" />
        ) : null}
        {where || isLive ? (
          <span className="text-muted text-xs">{where}</span>
        ) : (
          <span className="text-muted">Past</span>
        )}
      </span>
    ),
  },
  { id: "number", header: "Revision", phone: "lead", mono: true, cell: ({ number }) => `r${number}` },
  {
    id: "note",
    header: "Note",
    grow: true,
    cell: ({ note, rolledBackFrom }) => (
      <span title={note}>
        {rolledBackFrom === null ? null : (
          <span className="text-muted">Rolled back to r{rolledBackFrom}. </span>
        )}
        {note || (rolledBackFrom === null ? <span className="text-muted">none</span> : null)}
      </span>
    ),
  },
  {
    id: "routes",
    header: "Routes",
    align: "end",
    cell: ({ routeCount }) => <span className="tabular-nums">{routeCount.toLocaleString("en")}</span>,
  },
  { id: "who", header: "By", cell: ({ publishedBy }) => <span className="break-all">{publishedBy}</span> },
  { id: "when", header: "Published", cell: ({ publishedAt }) => <RelativeTime at={publishedAt} /> },
  {
    id: "actions",
    header: "Actions",
    hideHeader: true,
    phone: "lead",
    align: "end",
    cell: ({ number, live: isLive }) => (
      <span className="inline-flex items-center gap-1">
        {isLive || number === live ? null : (
          <span className="hidden sm:inline">
            <Button
              size="small"
              icon={<RotateCcw aria-hidden size={14} />}
              disabledReason={whyNot(role, "revision.publish")}
              onClick={() => onRollBack(number)}
              aria-label={`Roll back to r${number}`}
            >
              Roll back
            </Button>
          </span>
        )}
        <RowMenu
          of={`r${number}`}
          items={[
            {
              label: "Compare with what is live",
              icon: <GitCompareArrows aria-hidden size={14} />,
              href: paths.revision(tenant, number, { with: "live" }),
              disabledReason: isLive ? "This is what is live." : null,
            },
            {
              label: "Download",
              icon: <Download aria-hidden size={14} />,
              onSelect: () =>
                void downloadRevision(tenant, number).catch((reason: unknown) => toast.error(reason)),
            },
            {
              label: "Download as OpenAPI",
              icon: <Download aria-hidden size={14} />,
              onSelect: () => downloadOpenApi(tenant, number),
            },
            null,
            {
              label: `Roll back to r${number}…`,
              icon: <RotateCcw aria-hidden size={14} />,
              onSelect: () => onRollBack(number),
              disabledReason:
                whyNot(role, "revision.publish") ??
                (isLive || number === live ? "This revision is live already." : null),
            },
          ]}
        />
      </span>
    ),
  },
];

type Props = {
  tenant: string;
  role: Role;
  cursor: string | undefined;
  initial: Page<Revision>;
  loadedAt: number;
};

/** What was published, by whom, why and where it is live; the way back to any of it. */
export function RevisionsView({ tenant, role, cursor, initial, loadedAt }: Props) {
  const { data, error } = useQuery({
    queryKey: ["revisions", tenant, cursor ?? ""],
    queryFn: ({ signal }) =>
      api.page<Revision>(`/tenants/${encodeURIComponent(tenant)}/revisions`, {
        query: { cursor, limit: REVISIONS_PER_PAGE },
        signal,
      }),
    initialData: initial,
    initialDataUpdatedAt: loadedAt,
  });
  const gateways = useGatewaysOnceAwake(tenant);
  const [target, setTarget] = useState<number | null>(null);
  const [importing, setImporting] = useState(false);
  const [used, setUsed] = useState(false);
  const live = liveOf(data.data, gateways);
  const rows = data.data.map((one) => ({ ...one, where: whereLive(one.number, gateways) }));
  const onRollBack = (number: number) => {
    setUsed(true);
    setTarget(number);
  };
  return (
    <>
      <PageHeader
        title="Revisions"
        description="Each publish is kept as it was, for good. Any of them can be compared, downloaded and made live again."
        actions={
          <Button
            icon={<Upload aria-hidden size={14} />}
            disabledReason={whyNot(role, "draft.edit")}
            onClick={() => {
              setUsed(true);
              setImporting(true);
            }}
          >
            Import a revision
          </Button>
        }
      />
      <ErrorNotice error={error} />
      {rows.length > 0 ? (
        <>
          <DataTable
            label="Revisions"
            rows={rows}
            columns={columns({ tenant, role, live, onRollBack })}
            rowId={({ number }) => String(number)}
            rowHref={({ number }) => paths.revision(tenant, number)}
            linkColumn="number"
          />
          <Pager nextCursor={data.nextCursor} />
        </>
      ) : (
        <EmptyState
          title="Nothing was published yet"
          body="Publishing freezes the draft as revision 1. From then on every publish is listed here."
          action={<LinkButton href={paths.changes(tenant)}>Review changes</LinkButton>}
        />
      )}
      {used ? (
        <Suspense>
          <RollBackDialog tenant={tenant} number={target} live={live} onClose={() => setTarget(null)} />
          <ImportDialog tenant={tenant} open={importing} onClose={() => setImporting(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

const never = () => () => {};
const yes = () => true;
const no = () => false;

/** What the gateways serve. The sidebar may know before this part of the page wakes up, which begins as written. */
function useGatewaysOnceAwake(tenant: string): Gateways | undefined {
  const { data } = useGateways(tenant);
  return useSyncExternalStore(never, yes, no) ? data : undefined;
}

const liveOf = (revisions: readonly Revision[], gateways: Gateways | undefined): number | null =>
  gateways?.liveRevision ?? revisions.find(({ live }) => live)?.number ?? null;
