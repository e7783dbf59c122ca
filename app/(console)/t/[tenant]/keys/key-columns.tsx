import { Ban, Clock, Eye } from "lucide-react";
import type { Column } from "#components/table/data-table.tsx";
import { Badge, StatusBadge } from "#components/ui/badge.tsx";
import { cx } from "#components/ui/cx.ts";
import { RowMenu } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { expiresSoon, whyNotRevoke } from "#lib/keys/rules.ts";
import type { ApiKey } from "#lib/keys/schema.ts";
import { paths } from "#lib/paths.ts";
import { rightsText } from "./key-words.ts";
import type { KeySelectionState } from "./use-key-selection.ts";

/** What a key may do, in the width of a column; the whole of it on hover. */
export function KeyRights({ authorizedRequests }: Pick<ApiKey, "authorizedRequests">) {
  const text = rightsText({ authorizedRequests });
  const single = authorizedRequests?.length === 1;
  return (
    <span
      title={single ? text : undefined}
      translate={single ? "no" : undefined}
      className={cx(
        "inline-block max-w-52 truncate whitespace-nowrap align-middle",
        single && "font-mono text-xs",
      )}
    >
      {text}
    </span>
  );
}

/** The visible ends of a key. */
export function KeyEnds({ apiKey }: { apiKey: ApiKey }) {
  return (
    <span className="whitespace-nowrap font-mono text-muted text-xs" translate="no">
      {apiKey.prefix}…{apiKey.lastFour}
    </span>
  );
}

/** When a key ends; marked when that is soon. */
export function KeyExpiry({ apiKey }: { apiKey: ApiKey }) {
  const time = <RelativeTime at={apiKey.expiresAt} />;
  if (!expiresSoon(apiKey, new Date())) return time;
  return (
    <Badge tone="warn" icon={<Clock aria-hidden size={12} />} title="It ends soon and has no successor">
      {time}
    </Badge>
  );
}

type Actions = {
  selection: KeySelectionState;
  tenant: string;
  /** Why the person may not manage keys; null when they may. */
  refusal: string | null;
  onRevoke: (key: ApiKey) => void;
};

/** The columns of the list of keys. */
export function keyColumns({ tenant, refusal, selection, onRevoke }: Actions): Column<ApiKey>[] {
  return [
    {
      id: "choose",
      header: "Choose",
      hideHeader: true,
      phone: "lead",
      cell: (key) =>
        whyNotRevoke(key.status) === null ? (
          <label className="relative z-1 grid size-7 cursor-pointer place-items-center">
            <input
              type="checkbox"
              aria-label={`Choose ${key.name}`}
              checked={selection.ids.has(key.id)}
              onChange={() => selection.toggle(key.id)}
              className="size-4 cursor-pointer accent-accent"
            />
          </label>
        ) : null,
    },
    { id: "status", header: "Status", phone: "lead", cell: (key) => <StatusBadge status={key.status} /> },
    {
      id: "name",
      header: "Name",
      phone: "lead",
      grow: true,
      cell: (key) => (
        <span title={key.description || undefined} className="wrap-anywhere">
          {key.name}
        </span>
      ),
    },
    { id: "key", header: "Key", cell: (key) => <KeyEnds apiKey={key} /> },
    {
      id: "rights",
      header: "May do",
      cell: (key) => <KeyRights {...key} />,
    },
    { id: "used", header: "Last used", cell: (key) => <RelativeTime at={key.lastUsedAt} /> },
    { id: "expires", header: "Expires", cell: (key) => <KeyExpiry apiKey={key} /> },
    {
      id: "by",
      header: "Made by",
      phone: "hide",
      cell: (key) => (
        <span title={key.createdBy} className="inline-block max-w-44 truncate align-middle text-muted">
          {key.createdBy}
        </span>
      ),
    },
    {
      id: "actions",
      header: "Actions",
      hideHeader: true,
      align: "end",
      phone: "lead",
      cell: (key) => (
        <RowMenu
          of={key.name}
          items={[
            { label: "Open", icon: <Eye aria-hidden size={14} />, href: paths.key(tenant, key.id) },
            null,
            {
              label: "Revoke…",
              icon: <Ban aria-hidden size={14} />,
              danger: true,
              onSelect: () => onRevoke(key),
              disabledReason: refusal ?? whyNotRevoke(key.status),
            },
          ]}
        />
      ),
    },
  ];
}
