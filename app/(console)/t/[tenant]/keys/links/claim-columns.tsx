import { Ban, Eye, KeyRound } from "lucide-react";
import type { Column } from "#components/table/data-table.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { RowMenu } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { whyNotCancel } from "#lib/claims/rules.ts";
import type { Claim } from "#lib/claims/schema.ts";
import { paths } from "#lib/paths.ts";
import { KeyRights } from "../key-columns.tsx";

/** What has become of a link, and when. */
function Fate({ claim }: { claim: Claim }) {
  switch (claim.status) {
    case "revealed":
      return (
        <>
          Revealed <RelativeTime at={claim.revealedAt} />
        </>
      );
    case "cancelled":
      return (
        <span title={claim.cancelledBy ?? undefined}>
          Cancelled <RelativeTime at={claim.cancelledAt} />
        </span>
      );
    case "expired":
      return claim.openedAt ? "Opened, never revealed" : "Never opened";
    default:
      return (
        <>
          {claim.openedAt ? (
            <>
              Opened <RelativeTime at={claim.openedAt} />,{" "}
            </>
          ) : null}
          ends <RelativeTime at={claim.expiresAt} />
        </>
      );
  }
}

type Actions = {
  tenant: string;
  /** Why the person may not manage keys; null when they may. */
  refusal: string | null;
  onCancel: (claim: Claim) => void;
};

/** The columns of the list of claim links. */
export function claimColumns({ tenant, refusal, onCancel }: Actions): Column<Claim>[] {
  return [
    { id: "status", header: "Status", phone: "lead", cell: (claim) => <StatusBadge status={claim.status} /> },
    {
      id: "name",
      header: "For key",
      phone: "lead",
      grow: true,
      cell: (claim) => (
        <span title={claim.note || undefined} className="wrap-anywhere font-medium">
          {claim.keyName}
        </span>
      ),
    },
    {
      id: "rights",
      header: "May do",
      cell: (claim) =>
        claim.rotates ? (
          <TextLink href={paths.key(tenant, claim.rotates)}>As the key it replaces</TextLink>
        ) : (
          <KeyRights {...claim} />
        ),
    },
    {
      id: "fate",
      header: "Outcome",
      cell: (claim) => (
        <span className="whitespace-nowrap">
          <Fate claim={claim} />
        </span>
      ),
    },
    {
      id: "key",
      header: "Key",
      cell: (claim) =>
        claim.apiKeyId ? (
          <TextLink href={paths.key(tenant, claim.apiKeyId)}>Open key</TextLink>
        ) : (
          <span className="text-muted">none</span>
        ),
    },
    { id: "made", header: "Made", cell: (claim) => <RelativeTime at={claim.createdAt} /> },
    {
      id: "by",
      header: "Made by",
      phone: "hide",
      cell: (claim) => (
        <span title={claim.createdBy} className="inline-block max-w-44 truncate align-middle text-muted">
          {claim.createdBy}
        </span>
      ),
    },
    {
      id: "actions",
      header: "Actions",
      hideHeader: true,
      align: "end",
      phone: "lead",
      cell: (claim) => (
        <RowMenu
          of={claim.keyName}
          items={[
            ...(claim.apiKeyId
              ? [
                  {
                    label: "Open the key",
                    icon: <Eye aria-hidden size={14} />,
                    href: paths.key(tenant, claim.apiKeyId),
                  },
                ]
              : []),
            ...(claim.rotates
              ? [
                  {
                    label: "Open the replaced key",
                    icon: <KeyRound aria-hidden size={14} />,
                    href: paths.key(tenant, claim.rotates),
                  },
                ]
              : []),
            {
              label: "Cancel link…",
              icon: <Ban aria-hidden size={14} />,
              danger: true,
              onSelect: () => onCancel(claim),
              disabledReason: refusal ?? whyNotCancel(claim.status),
            },
          ]}
        />
      ),
    },
  ];
}
