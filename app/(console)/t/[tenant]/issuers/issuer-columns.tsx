import { Ban, CircleCheck, KeyRound, PencilLine, Trash2 } from "lucide-react";
import type { Column } from "#components/table/data-table.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { RowMenu } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { IssuerView } from "#lib/issuers/schema.ts";

type Actions = {
  refusal: string | null;
  onEdit: (issuer: IssuerView) => void;
  onKeys: (issuer: IssuerView) => void;
  onDelete: (issuer: IssuerView) => void;
  onDisable: (issuer: IssuerView) => void;
  onEnable: (issuer: IssuerView) => void;
};

function Status({ issuer }: { issuer: IssuerView }) {
  if (!issuer.enabled) return <StatusBadge status="disabled" />;
  if (issuer.problem) return <StatusBadge status="failed" word="Cannot verify" />;
  return <StatusBadge status="active" word="Accepted" />;
}

export const issuerColumns = ({ refusal, ...on }: Actions): Column<IssuerView>[] => [
  { id: "status", header: "Status", phone: "lead", cell: (issuer) => <Status issuer={issuer} /> },
  {
    id: "name",
    header: "Issuer",
    phone: "lead",
    grow: true,
    cell: (issuer) => (
      <div className="min-w-0 py-1">
        <p className="truncate font-medium" title={issuer.name}>
          {issuer.name}
        </p>
        <p className="truncate font-mono text-muted text-xs" title={issuer.iss}>
          {issuer.iss}
        </p>
        {issuer.problem ? <p className="text-bad text-xs">{issuer.problem}</p> : null}
      </div>
    ),
  },
  {
    id: "audiences",
    header: "Audiences",
    cell: (issuer) => (
      <span className="block max-w-48 truncate font-mono text-xs" title={issuer.audiences.join(", ")}>
        {issuer.audiences.join(", ")}
      </span>
    ),
  },
  {
    id: "keys",
    header: "Keys",
    cell: (issuer) => (issuer.kind === "jwks" ? "Published (JWKS)" : "Shared secret"),
  },
  {
    id: "algorithms",
    header: "Algorithms",
    phone: "hide",
    cell: (issuer) => (
      <span className="block max-w-40 truncate font-mono text-xs" title={issuer.algorithms.join(", ")}>
        {issuer.algorithms.join(", ")}
      </span>
    ),
  },
  {
    id: "updated",
    header: "Changed",
    phone: "hide",
    cell: (issuer) => <RelativeTime at={issuer.updatedAt} />,
  },
  {
    id: "actions",
    header: "Actions",
    hideHeader: true,
    align: "end",
    phone: "lead",
    cell: (issuer) => (
      <RowMenu
        of={issuer.name}
        items={[
          {
            label: "Edit issuer",
            icon: <PencilLine aria-hidden size={14} />,
            disabledReason: refusal,
            onSelect: () => on.onEdit(issuer),
          },
          {
            label: "Check keys now",
            icon: <KeyRound aria-hidden size={14} />,
            disabledReason:
              refusal ??
              (issuer.kind === "secret" ? "This issuer has a shared secret, no published keys." : null),
            onSelect: () => on.onKeys(issuer),
          },
          issuer.enabled
            ? {
                label: "Disable issuer",
                icon: <Ban aria-hidden size={14} />,
                disabledReason: refusal,
                onSelect: () => on.onDisable(issuer),
              }
            : {
                label: "Enable issuer",
                icon: <CircleCheck aria-hidden size={14} />,
                disabledReason: refusal,
                onSelect: () => on.onEnable(issuer),
              },
          null,
          {
            label: "Delete issuer",
            icon: <Trash2 aria-hidden size={14} />,
            danger: true,
            disabledReason: refusal,
            onSelect: () => on.onDelete(issuer),
          },
        ]}
      />
    ),
  },
];
