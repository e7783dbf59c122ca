import { CirclePower, Pencil, Trash2 } from "lucide-react";
import type { Column } from "#components/table/data-table.tsx";
import { Badge, MethodBadge, StatusBadge } from "#components/ui/badge.tsx";
import { RowMenu } from "#components/ui/menu.tsx";
import { paths } from "#lib/paths.ts";
import { describeTarget } from "#lib/routes/rules.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";
import { authAtAGlance, limitAtAGlance } from "./route-words.ts";

type Actions = {
  tenant: string;
  /** Why the person may not edit; null when they may. */
  refusal: string | null;
  onToggle: (route: DraftRoute) => void;
  onDelete: (route: DraftRoute) => void;
};

/** The columns of the list of routes. */
export function routeColumns({ tenant, refusal, onToggle, onDelete }: Actions): Column<DraftRoute>[] {
  return [
    {
      id: "status",
      header: "Status",
      phone: "lead",
      cell: (route) =>
        route.enabled ? <StatusBadge status="active" word="Enabled" /> : <StatusBadge status="disabled" />,
    },
    { id: "method", header: "Method", phone: "lead", cell: (route) => <MethodBadge method={route.method} /> },
    {
      id: "path",
      header: "Path",
      phone: "lead",
      grow: true,
      cell: (route) => (
        <span title={route.path}>
          <span className="break-all font-mono">{route.path}</span>
          {route.name ? (
            <span className="ml-2 font-normal text-muted max-sm:ml-0 max-sm:block">{route.name}</span>
          ) : null}
        </span>
      ),
    },
    {
      id: "target",
      header: "Target",
      cell: (route) => (
        <span title={describeTarget(route.target)} className="inline-block max-w-56 truncate align-middle">
          {describeTarget(route.target)}
        </span>
      ),
    },
    {
      id: "auth",
      header: "Who may call",
      cell: (route) => (
        <Badge tone={route.auth.mode === "none" ? "warn" : "neutral"}>{authAtAGlance(route.auth)}</Badge>
      ),
    },
    {
      id: "limit",
      header: "Limit",
      cell: (route) => (
        <span className="whitespace-nowrap text-muted tabular-nums">{limitAtAGlance(route.rateLimit)}</span>
      ),
    },
    {
      id: "actions",
      header: "Actions",
      hideHeader: true,
      align: "end",
      phone: "lead",
      cell: (route) => (
        <RowMenu
          of={`${route.method} ${route.path}`}
          items={[
            {
              label: refusal ? "Open" : "Edit",
              icon: <Pencil aria-hidden size={14} />,
              href: paths.route(tenant, route.id),
            },
            {
              label: route.enabled ? "Disable" : "Enable",
              icon: <CirclePower aria-hidden size={14} />,
              onSelect: () => onToggle(route),
              disabledReason: refusal,
            },
            null,
            {
              label: "Delete…",
              icon: <Trash2 aria-hidden size={14} />,
              danger: true,
              onSelect: () => onDelete(route),
              disabledReason: refusal,
            },
          ]}
        />
      ),
    },
  ];
}
