import { Ban, Eye } from "lucide-react";
import type { Column } from "#components/table/data-table.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { RowMenu } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { whyNotRevoke } from "#lib/keys/rules.ts";
import type { ApiKey } from "#lib/keys/schema.ts";
import { paths } from "#lib/paths.ts";

/** What a key may do, in a few words. */
export function rightsText({ authorizedRequests }: Pick<ApiKey, "authorizedRequests">): string {
  if (authorizedRequests === null) return "All its routes allow";
  if (authorizedRequests.length === 0) return "Nothing";
  return `${authorizedRequests.length} ${authorizedRequests.length === 1 ? "request" : "requests"}`;
}

/** The visible ends of a key. */
export function KeyEnds({ apiKey }: { apiKey: ApiKey }) {
  return (
    <span className="whitespace-nowrap font-mono text-muted text-xs" translate="no">
      {apiKey.prefix}…{apiKey.lastFour}
    </span>
  );
}

type Actions = {
  tenant: string;
  /** Why the person may not manage keys; null when they may. */
  refusal: string | null;
  onRevoke: (key: ApiKey) => void;
};

/** The columns of the list of keys. */
export function keyColumns({ tenant, refusal, onRevoke }: Actions): Column<ApiKey>[] {
  return [
    { id: "status", header: "Status", phone: "lead", cell: (key) => <StatusBadge status={key.status} /> },
    {
      id: "name",
      header: "Name",
      phone: "lead",
      grow: true,
      cell: (key) => (
        <span title={key.description || undefined} className="break-words">
          {key.name}
        </span>
      ),
    },
    { id: "key", header: "Key", cell: (key) => <KeyEnds apiKey={key} /> },
    {
      id: "rights",
      header: "May do",
      cell: (key) => <span className="whitespace-nowrap">{rightsText(key)}</span>,
    },
    { id: "used", header: "Last used", cell: (key) => <RelativeTime at={key.lastUsedAt} /> },
    { id: "expires", header: "Expires", cell: (key) => <RelativeTime at={key.expiresAt} /> },
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
