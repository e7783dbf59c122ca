import { CirclePower, Copy, CopyPlus, Pencil, SearchCheck, SquareTerminal, Trash2 } from "lucide-react";
import { MiddleText } from "#components/table/middle-text.tsx";
import type { VirtualColumn } from "#components/table/virtual-table.tsx";
import { Badge, MethodBadge, StatusBadge } from "#components/ui/badge.tsx";
import { type MenuItem, RowMenu } from "#components/ui/menu.tsx";
import { paths } from "#lib/paths.ts";
import { describeTarget, isOpenToWrites } from "#lib/routes/rules.ts";
import type { ListedRoute } from "#lib/routes/schema.ts";
import { samplePath } from "./route-sample.ts";
import { authAtAGlance, limitAtAGlance } from "./route-words.ts";

type Actions = {
  tenant: string;
  /** Why the person may not edit; null when they may. */
  refusal: string | null;
  onToggle: (route: ListedRoute) => void;
  onDelete: (route: ListedRoute) => void;
  onCopyUrl: (route: ListedRoute) => void;
  onCopyCurl: (route: ListedRoute) => void;
};

/** Where a route stands: what callers get now, and whether publishing changes that. */
function Standing({ route }: { route: ListedRoute }) {
  const { enabled, published } = route;
  if (!enabled) {
    return (
      <span className="inline-flex gap-1" title={published === "same" ? undefined : "Not published yet"}>
        <StatusBadge status="disabled" />
        {published === "same" ? null : <span className="text-warn text-xs leading-5">draft</span>}
      </span>
    );
  }
  if (published === "new") return <StatusBadge status="draft" word="Not live yet" />;
  if (published === "changed") return <StatusBadge status="changed" />;
  return <StatusBadge status="live" />;
}

function menuOf(route: ListedRoute, actions: Actions): (MenuItem | null)[] {
  const { tenant, refusal } = actions;
  const method = route.method === "ANY" ? "GET" : route.method;
  return [
    {
      label: refusal ? "Open" : "Edit",
      icon: <Pencil aria-hidden size={14} />,
      href: paths.route(tenant, route.id),
    },
    {
      label: "Duplicate",
      icon: <CopyPlus aria-hidden size={14} />,
      ...(refusal ? { disabledReason: refusal } : { href: `${paths.newRoute(tenant)}?from=${route.id}` }),
    },
    {
      label: "Explain a request",
      icon: <SearchCheck aria-hidden size={14} />,
      href: paths.explain(tenant, { method, path: samplePath(route.path) }),
    },
    null,
    { label: "Copy URL", icon: <Copy aria-hidden size={14} />, onSelect: () => actions.onCopyUrl(route) },
    {
      label: "Copy curl",
      icon: <SquareTerminal aria-hidden size={14} />,
      onSelect: () => actions.onCopyCurl(route),
    },
    null,
    {
      label: route.enabled ? "Disable" : "Enable",
      icon: <CirclePower aria-hidden size={14} />,
      onSelect: () => actions.onToggle(route),
      disabledReason: refusal,
    },
    {
      label: "Delete",
      icon: <Trash2 aria-hidden size={14} />,
      danger: true,
      onSelect: () => actions.onDelete(route),
      disabledReason: refusal,
    },
  ];
}

/** The columns of the list of routes. */
export function routeColumns(actions: Actions): VirtualColumn<ListedRoute>[] {
  return [
    {
      id: "status",
      header: "Status",
      phone: "lead",
      width: "w-30",
      cell: (route) => <Standing route={route} />,
    },
    {
      id: "method",
      header: "Method",
      phone: "lead",
      width: "w-19",
      cell: (route) => <MethodBadge method={route.method} />,
    },
    {
      id: "path",
      header: "Path",
      phone: "lead",
      grow: true,
      className: "max-sm:order-1 max-sm:w-full max-sm:flex-none max-sm:px-2",
      cell: (route) => (
        <span className="flex min-w-0 max-sm:block">
          <span className="flex min-w-0 max-w-full font-mono">
            <MiddleText text={route.path} />
          </span>
          {route.name ? (
            <span className="ml-2 min-w-0 shrink-2 truncate font-normal text-muted max-sm:ml-0 max-sm:block">
              {route.name}
            </span>
          ) : null}
        </span>
      ),
    },
    {
      id: "target",
      header: "Target",
      width: "w-48",
      className: "sm:max-xl:hidden",
      cell: (route) => (
        <span title={describeTarget(route.target)} className="block min-w-0 truncate">
          {describeTarget(route.target)}
        </span>
      ),
    },
    {
      id: "auth",
      header: "Who may call",
      width: "w-34",
      cell: (route) =>
        isOpenToWrites(route) ? (
          <Badge tone="bad" title="Anybody may call this, and it is a method that changes things">
            Public write
          </Badge>
        ) : (
          <Badge tone={route.auth.mode === "none" ? "warn" : "neutral"}>{authAtAGlance(route.auth)}</Badge>
        ),
    },
    {
      id: "limit",
      header: "Limit",
      width: "w-33",
      className: "sm:max-lg:hidden",
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
      width: "w-12",
      cell: (route) => <RowMenu of={`${route.method} ${route.path}`} items={menuOf(route, actions)} />,
    },
  ];
}
