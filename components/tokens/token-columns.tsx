"use client";
import { TriangleAlert } from "lucide-react";
import type { Column } from "#components/table/data-table.tsx";
import { Badge, StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { endsSoon, permissionWords, whyNotGive, whyNotRotate } from "#lib/tokens/rules.ts";
import type { AccessToken, ServiceToken } from "#lib/tokens/schema.ts";

/** A service token has a maker; one's own has not. */
export type ShownToken = AccessToken & Partial<Pick<ServiceToken, "madeBy" | "revokedBy">>;

type Actions = {
  onRotate: (token: ShownToken) => void;
  onRevoke: (token: ShownToken) => void;
  /** The role that decides over a service token's rotation; null for one's own. */
  role: Role | null;
  service: boolean;
  /** When the page was drawn, so that server and browser agree on what ends soon. */
  now: number;
};

function Status({ token, now }: { token: ShownToken; now: number }) {
  if (token.status === "active" && endsSoon(token.expiresAt, now)) {
    return (
      <Badge tone="warn" icon={<TriangleAlert aria-hidden size={12} />}>
        Ends soon
      </Badge>
    );
  }
  if (token.status === "active" && token.previous) return <StatusBadge status="rotating" />;
  return <StatusBadge status={token.status} />;
}

function Permissions({ token }: { token: ShownToken }) {
  const words =
    token.permissions === null ? "Everything that you may do" : permissionWords(token.permissions).join(", ");
  return <span className="block whitespace-normal text-muted text-xs">{words}</span>;
}

function Secrets({ token }: { token: ShownToken }) {
  return (
    <span className="block whitespace-nowrap">
      …{token.lastFour}
      {token.previous ? (
        <span className="block font-sans text-muted text-xs">
          <span className="font-mono">…{token.previous.lastFour}</span> works until{" "}
          <RelativeTime at={token.previous.worksUntil} />
        </span>
      ) : null}
    </span>
  );
}

function LastUsed({ token }: { token: ShownToken }) {
  return (
    <span className="block">
      <RelativeTime at={token.lastUsedAt} />
      {token.lastUsedFrom && (token.lastUsedAt || token.previous?.lastUsedAt) ? (
        <span className="block font-mono text-muted text-xs">{token.lastUsedFrom}</span>
      ) : null}
      {token.previous?.lastUsedAt ? (
        <span className="block text-muted text-xs">
          old secret: <RelativeTime at={token.previous.lastUsedAt} />
        </span>
      ) : null}
    </span>
  );
}

/** The columns of a list of tokens. */
export const tokenColumns = ({ onRotate, onRevoke, role, service, now }: Actions): Column<ShownToken>[] => [
  { id: "status", header: "Status", phone: "lead", cell: (row) => <Status token={row} now={now} /> },
  {
    id: "name",
    header: "Name and what it may do",
    phone: "lead",
    grow: true,
    cell: (row) => (
      <>
        <span className="block truncate font-medium max-sm:whitespace-normal" title={row.name}>
          {row.name}
        </span>
        <Permissions token={row} />
      </>
    ),
  },
  { id: "token", header: "Token", mono: true, cell: (row) => <Secrets token={row} /> },
  { id: "used", header: "Last used", cell: (row) => <LastUsed token={row} /> },
  { id: "expires", header: "Expires", cell: (row) => <RelativeTime at={row.expiresAt} /> },
  {
    id: "made",
    header: "Made",
    cell: (row) => (
      <span className="block">
        <RelativeTime at={row.createdAt} />
        {service ? <span className="block text-muted text-xs">{row.madeBy}</span> : null}
      </span>
    ),
  },
  {
    id: "actions",
    header: "Actions",
    hideHeader: true,
    align: "end",
    phone: "lead",
    cell: (row) => {
      const beyond =
        service && role !== null
          ? (whyNot(role, "token.manage") ?? whyNotGive(role, row.permissions ?? []))
          : null;
      return (
        <span className="flex justify-end gap-1">
          <Button
            size="small"
            aria-label={`Rotate ${row.name}`}
            disabledReason={whyNotRotate(row.status) ?? beyond}
            onClick={() => onRotate(row)}
          >
            Rotate
          </Button>
          <Button
            size="small"
            aria-label={`Revoke ${row.name}`}
            disabledReason={
              row.status === "active"
                ? null
                : `This token is ${row.status} already${row.revokedBy ? `, by ${row.revokedBy}` : ""}.`
            }
            onClick={() => onRevoke(row)}
          >
            Revoke
          </Button>
        </span>
      );
    },
  },
];
