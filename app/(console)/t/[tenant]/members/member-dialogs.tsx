"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Role } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import { aRole, ROLE_MAY } from "#lib/members/rules.ts";
import type { Member, MemberDetail } from "#lib/members/schema.ts";
import { paths } from "#lib/paths.ts";
import type { MemberAction } from "./member-columns.tsx";
import { RoleDialog } from "./role-dialog.tsx";

export type MemberAsked = { action: MemberAction; member: Member };

type MemberDialogsProps = {
  tenant: { slug: string; name: string };
  role: Role;
  /** Who is looking; null for an operator, who is no member. */
  self: string | null;
  asked: MemberAsked | null;
  onClose: () => void;
  onChanged: () => void;
};

/** The questions about one member: another role, removal, leaving, handing ownership over. */
export function MemberDialogs({ tenant, role, self, asked, onClose, onChanged }: MemberDialogsProps) {
  const router = useRouter();
  // The words stay while a dialog fades.
  const last = useRef(asked);
  if (asked) last.current = asked;
  const shown = asked ?? last.current;
  const base = `/tenants/${encodeURIComponent(tenant.slug)}/members`;
  const goes = asked?.action === "remove" || asked?.action === "leave";
  const detail = useQuery({
    queryKey: ["members", tenant.slug, "one", asked?.member.userId],
    queryFn: ({ signal }) => api.get<MemberDetail>(`${base}/${asked?.member.userId}`, { signal }),
    enabled: goes,
    staleTime: 0,
  });
  if (!shown) return null;
  const { member } = shown;
  const one = `${base}/${member.userId}`;
  const seen = { ifMatch: member.role };
  const ends = <WhatEnds detail={detail.data} pending={goes && detail.isPending} error={detail.error} />;
  const waits = goes && detail.isPending ? "Looking up what ends with it." : null;
  // After a change of one's own role, what one may do everywhere has changed with it: the server says it anew.
  const is = (action: MemberAction) => asked?.action === action;
  return (
    <>
      <RoleDialog
        open={is("role")}
        member={member}
        role={role}
        onClose={onClose}
        onSave={async (next) => {
          await api.patch<Member>(one, { role: next }, seen);
          toast.success(
            member.userId === self ? `You are now ${aRole(next)}` : `${member.name} is now ${aRole(next)}`,
          );
          onChanged();
          if (member.userId === self) router.refresh();
        }}
      />
      <ConfirmDialog
        open={is("remove")}
        onClose={onClose}
        title={`Remove ${member.name}?`}
        confirmLabel="Remove member"
        disabledReason={waits}
        onConfirm={async () => {
          await api.delete(one, seen);
          toast.success(`${member.name} is removed`, "They are refused from their next request on.");
          onChanged();
        }}
        blastRadius={
          <div className="space-y-2">
            <p>
              <strong className="wrap-anywhere font-medium">{member.email}</strong>, {aRole(member.role)},
              sees nothing of this tenant from the next request on. Their account and their other tenants stay
              as they are.
            </p>
            {ends}
          </div>
        }
      />
      <ConfirmDialog
        open={is("leave")}
        onClose={onClose}
        title={`Leave ${tenant.name}?`}
        confirmLabel="Leave tenant"
        disabledReason={waits}
        onConfirm={async () => {
          await api.post(`${base}/leave`);
          location.assign(paths.home());
        }}
        blastRadius={
          <div className="space-y-2">
            <p>You see nothing of this tenant any more. To come back you need an invitation.</p>
            {ends}
          </div>
        }
      />
      <ConfirmDialog
        open={is("hand-over")}
        onClose={onClose}
        title={`Hand ownership to ${member.name}?`}
        confirmLabel="Hand over ownership"
        onConfirm={async () => {
          await api.post<Member>(`${one}/hand-over`, {}, seen);
          toast.success(`${member.name} owns this tenant`, "You are an admin now.");
          onChanged();
          router.refresh();
        }}
        blastRadius={
          <div className="space-y-2">
            <p>
              <strong className="wrap-anywhere font-medium">{member.email}</strong> becomes an owner:{" "}
              {ROLE_MAY.owner}.
            </p>
            <p>You become an admin: {ROLE_MAY.admin}. Only an owner can make you one again.</p>
          </div>
        }
      />
    </>
  );
}

/** What stops with a membership, counted. */
function WhatEnds({
  detail,
  pending,
  error,
}: {
  detail: MemberDetail | undefined;
  pending: boolean;
  error: unknown;
}) {
  if (pending) return <Skeleton className="h-5 w-full" />;
  if (!detail) return <ErrorNotice error={error} />;
  const { activeTokens: tokens, pendingInvitations: invitations } = detail;
  return (
    <ul className="list-disc space-y-1 pl-4">
      <li>
        {tokens
          ? `${tokens === 1 ? "1 access token" : `${tokens} access tokens`} for this tenant stop${tokens === 1 ? "s" : ""} at once, for good.`
          : "No access token for this tenant is affected."}
      </li>
      {invitations ? (
        <li>
          {invitations === 1 ? "1 invitation" : `${invitations} invitations`} from them can no longer be
          accepted, until somebody makes a new link.
        </li>
      ) : null}
    </ul>
  );
}
