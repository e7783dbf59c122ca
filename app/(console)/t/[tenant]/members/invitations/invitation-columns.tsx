import { Ban, Link2, Mail } from "lucide-react";
import type { Column } from "#components/table/data-table.tsx";
import { Badge, StatusBadge } from "#components/ui/badge.tsx";
import { RowMenu } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { MemberRole, Role } from "#lib/access/permissions.ts";
import { whyNotCancel, whyNotRenew } from "#lib/invitations/rules.ts";
import type { Invitation } from "#lib/invitations/schema.ts";
import { MAIL_STATE_WORDS } from "../mail-words.ts";

export type InvitationAction = "link" | "resend" | "cancel";

type Context = {
  role: Role;
  sendsMail: boolean;
  onAction: (action: InvitationAction, invitation: Invitation) => void;
};

/** The state, with a word for the two that other things do not have. */
export function InvitationStatusBadge({ status }: Pick<Invitation, "status">) {
  if (status === "accepted") return <StatusBadge status="active" word="Accepted" />;
  if (status === "void") return <StatusBadge status="silent" word="Not valid" />;
  return <StatusBadge status={status} />;
}

/** What has become of it, and when. */
function Outcome({ invitation }: { invitation: Invitation }) {
  switch (invitation.status) {
    case "accepted":
      return (
        <>
          Joined <RelativeTime at={invitation.acceptedAt} />
        </>
      );
    case "cancelled":
      return (
        <span title={invitation.cancelledBy ?? undefined}>
          Cancelled <RelativeTime at={invitation.cancelledAt} />
        </span>
      );
    case "expired":
      return (
        <>
          Ended <RelativeTime at={invitation.expiresAt} />
        </>
      );
    case "void":
      return (
        <span title={`${invitation.invitedBy} may no longer give this role`}>Inviter lost the right</span>
      );
    case "pending":
      return (
        <>
          Ends <RelativeTime at={invitation.expiresAt} />
        </>
      );
  }
}

/** The columns of the list of invitations. */
export function invitationColumns({ role, sendsMail, onAction }: Context): Column<Invitation>[] {
  return [
    {
      id: "status",
      header: "Status",
      phone: "lead",
      cell: (invitation) => <InvitationStatusBadge status={invitation.status} />,
    },
    {
      id: "email",
      header: "E-mail",
      phone: "lead",
      grow: true,
      cell: (invitation) => (
        <span title={invitation.email} className="wrap-anywhere font-medium">
          {invitation.email}
        </span>
      ),
    },
    { id: "role", header: "As", cell: (invitation) => <Badge>{invitation.role}</Badge> },
    {
      id: "outcome",
      header: "Outcome",
      cell: (invitation) => <Outcome invitation={invitation} />,
    },
    {
      id: "mail",
      header: "Mail",
      cell: (invitation) => (
        <span className={invitation.mail === "failed" ? "text-bad" : "text-muted"}>
          {MAIL_STATE_WORDS[invitation.mail]}
          {invitation.mailedAt ? (
            <>
              {" "}
              <RelativeTime at={invitation.mailedAt} />
            </>
          ) : null}
        </span>
      ),
    },
    {
      id: "by",
      header: "Invited by",
      cell: (invitation) => (
        <span title={invitation.invitedBy} className="inline-block max-w-44 truncate align-middle text-muted">
          {invitation.invitedBy}
        </span>
      ),
    },
    {
      id: "actions",
      header: "Actions",
      hideHeader: true,
      align: "end",
      phone: "lead",
      cell: (invitation) => {
        const own = role as MemberRole;
        const renew = whyNotRenew(invitation.status, invitation.role, own);
        return (
          <RowMenu
            of={invitation.email}
            items={[
              {
                label: "New link…",
                icon: <Link2 aria-hidden size={14} />,
                onSelect: () => onAction("link", invitation),
                disabledReason: renew,
              },
              {
                label: "Send by mail again…",
                icon: <Mail aria-hidden size={14} />,
                onSelect: () => onAction("resend", invitation),
                disabledReason:
                  renew ?? (sendsMail ? null : "This installation sends no mail. Make a new link."),
              },
              null,
              {
                label: "Cancel invitation…",
                icon: <Ban aria-hidden size={14} />,
                danger: true,
                onSelect: () => onAction("cancel", invitation),
                disabledReason: whyNotCancel(invitation.status, invitation.role, own),
              },
            ]}
          />
        );
      },
    },
  ];
}
