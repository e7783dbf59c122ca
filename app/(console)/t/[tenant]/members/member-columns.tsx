import { Crown, LogOut, ShieldCheck, ShieldOff, UserCog, UserMinus } from "lucide-react";
import type { Column } from "#components/table/data-table.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { type MenuItem, RowMenu } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { isSupportRole, type MemberRole, type Role, roleCan, SERVICE_ROLE } from "#lib/access/permissions.ts";
import { whyNotChange, whyNotHandOver, whyNotLeave, whyNotRemove } from "#lib/members/rules.ts";
import type { Member } from "#lib/members/schema.ts";

/** What is asked about a member: each opens a dialog. */
export type MemberAction = "role" | "remove" | "hand-over" | "leave";

type Context = {
  role: Role;
  /** Who is looking; null for an operator, who is no member. */
  self: string | null;
  owners: number;
  onAction: (action: MemberAction, member: Member) => void;
};

const NO_MEMBER = "You are in this tenant as support; only its own members can do this.";

function actions(member: Member, { role, self, owners, onAction }: Context): (MenuItem | null)[] {
  const outside = isSupportRole(role) || role === SERVICE_ROLE;
  const change = { own: role as MemberRole, self: member.userId === self, role: member.role, owners };
  const item = (
    action: MemberAction,
    label: string,
    Icon: typeof Crown,
    reason: string | null,
    danger = false,
  ): MenuItem => ({
    label,
    icon: <Icon aria-hidden size={14} />,
    danger,
    onSelect: () => onAction(action, member),
    disabledReason: outside ? NO_MEMBER : reason,
  });
  return [
    item("role", "Change role…", UserCog, whyNotChange(change)),
    ...(change.self ? [] : [item("hand-over", "Hand over ownership…", Crown, whyNotHandOver(change))]),
    null,
    change.self
      ? item("leave", "Leave tenant…", LogOut, whyNotLeave(change), true)
      : item("remove", "Remove from tenant…", UserMinus, whyNotRemove(change), true),
  ];
}

/** The columns of the list of members. */
export function memberColumns(context: Context): Column<Member>[] {
  const { role, self } = context;
  return [
    {
      id: "role",
      header: "Role",
      phone: "lead",
      cell: (member) => (
        <span className="inline-block w-20">
          <Badge tone={member.role === "owner" ? "busy" : "neutral"}>{member.role}</Badge>
        </span>
      ),
    },
    {
      id: "name",
      header: "Name",
      phone: "lead",
      grow: true,
      cell: (member) => (
        <span className="font-medium" title={member.name}>
          {member.name}
          {member.userId === self ? <span className="font-normal text-muted"> (you)</span> : null}
        </span>
      ),
    },
    {
      id: "email",
      header: "E-mail",
      cell: (member) => (
        <span title={member.email} className="inline-block max-w-72 truncate align-middle">
          {member.email}
        </span>
      ),
    },
    ...(roleCan(role, "member.manage")
      ? [{ id: "factor", header: "Second factor", cell: (member: Member) => <Factor member={member} /> }]
      : []),
    { id: "since", header: "Member since", cell: (member) => <RelativeTime at={member.memberSince} /> },
    {
      id: "actions",
      header: "Actions",
      hideHeader: true,
      align: "end",
      phone: "lead",
      cell: (member) => <RowMenu of={member.name} items={actions(member, context)} />,
    },
  ];
}

function Factor({ member }: { member: Member }) {
  if (member.secondFactor === null) return <span className="text-muted">not shown</span>;
  return member.secondFactor ? (
    <Badge tone="ok" icon={<ShieldCheck aria-hidden size={12} />}>
      On
    </Badge>
  ) : (
    <Badge icon={<ShieldOff aria-hidden size={12} />}>Off</Badge>
  );
}
