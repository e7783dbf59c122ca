"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { useUrlState } from "#components/table/use-url-state.ts";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { ApiError, api, type Page } from "#lib/api/client.ts";
import type { Invitation, InvitationStatus, NewInvitation } from "#lib/invitations/schema.ts";
import { aRole } from "#lib/members/rules.ts";
import { paths } from "#lib/paths.ts";
import { useOnceOpen } from "../../keys/use-once-open.ts";
import { InvitationLinks } from "../invitation-links.tsx";
import { MembersTabs } from "../members-tabs.tsx";
import { MEMBERS_PER_PAGE } from "../page-size.ts";
import { type InvitationAction, invitationColumns } from "./invitation-columns.tsx";

const InviteDialog = fetchedAhead(() => import("../invite-dialog.tsx").then((module) => module.InviteDialog));

/** Others accept while somebody waits for them. */
const ASK_EVERY_MS = 15_000;
const NOT_TAKEN = new ApiError({
  status: 503,
  code: "unavailable",
  message:
    "The mail server did not take the mail. Older links have stopped working: make a new link and send it yourself.",
});
const FILTERS = [
  {
    name: "status",
    label: "Status",
    options: [
      { value: "", label: "Any status" },
      { value: "pending", label: "Pending" },
      { value: "accepted", label: "Accepted" },
      { value: "expired", label: "Expired" },
      { value: "cancelled", label: "Cancelled" },
      { value: "void", label: "Not valid" },
    ],
  },
];

type InvitationsViewProps = {
  tenant: string;
  role: Role;
  sendsMail: boolean;
  filters: { q?: string | undefined; status?: InvitationStatus | undefined; cursor?: string | undefined };
  initial: Page<Invitation>;
  /** When the server read `initial`, in milliseconds. */
  loadedAt: number;
};

/** Who has been asked to join, and what became of it. */
export function InvitationsView({
  tenant,
  role,
  sendsMail,
  filters,
  initial,
  loadedAt,
}: InvitationsViewProps) {
  const client = useQueryClient();
  const url = useUrlState();
  const base = `/tenants/${encodeURIComponent(tenant)}/invitations`;
  const { data, error } = useQuery({
    queryKey: ["invitations", tenant, "list", filters],
    queryFn: ({ signal }) =>
      api.page<Invitation>(base, { query: { ...filters, limit: MEMBERS_PER_PAGE }, signal }),
    initialData: initial,
    initialDataUpdatedAt: loadedAt,
    refetchInterval: ASK_EVERY_MS,
  });
  const [asked, setAsked] = useState<{ action: InvitationAction; invitation: Invitation } | null>(null);
  // The words stay while a dialog fades.
  const last = useRef(asked);
  if (asked) last.current = asked;
  const shown = (asked ?? last.current)?.invitation;
  const [made, setMade] = useState<NewInvitation[] | null>(null);
  const refusal = whyNot(role, "member.manage");
  const inviting = url.get("invite") === "1" && refusal === null;
  const invitesOnce = useOnceOpen(inviting);
  const columns = useMemo(
    () =>
      invitationColumns({
        role,
        sendsMail,
        onAction: (action, invitation) => setAsked({ action, invitation }),
      }),
    [role, sendsMail],
  );
  const none = data.data.length === 0 && !filters.q && !filters.status && !filters.cursor;
  const reload = () => client.invalidateQueries({ queryKey: ["invitations", tenant] });
  const invite = (
    <Button
      variant="primary"
      icon={<UserPlus aria-hidden size={14} />}
      disabledReason={refusal}
      onClick={() => url.set({ invite: "1" })}
    >
      Invite members
    </Button>
  );
  const is = (action: InvitationAction) => asked?.action === action;
  const close = () => setAsked(null);
  const who = shown ? <strong className="wrap-anywhere font-medium">{shown.email}</strong> : null;
  return (
    <>
      <PageHeader
        title="Members"
        description="Who has been asked to join. A link works once, and only for the address that was invited."
        actions={none ? null : invite}
      />
      <MembersTabs tenant={tenant} current="Invitations" />
      <ErrorNotice error={error} />
      {none ? (
        <EmptyState
          title="Nobody has been invited yet"
          body="Give an address and a role; the person gets a link that works once, with or without an account. You see here who has accepted."
          action={invite}
        />
      ) : (
        <>
          <FilterBar search="Search by e-mail" filters={FILTERS} />
          {data.data.length ? (
            <DataTable label="Invitations" rows={data.data} columns={columns} rowId={({ id }) => id} />
          ) : (
            <p className="px-2 py-8 text-muted">
              No invitation matches. Clear the search and the filter to see all.
            </p>
          )}
          <Pager
            nextCursor={data.nextCursor}
            summary={`${data.data.length} ${data.data.length === 1 ? "invitation" : "invitations"}${data.nextCursor || filters.cursor ? " on this page" : ""}`}
          />
        </>
      )}
      {invitesOnce ? (
        <InviteDialog
          tenant={tenant}
          role={role}
          sendsMail={sendsMail}
          open={inviting}
          onClose={() => url.set({ invite: null })}
          seeAll={paths.invitations(tenant)}
        />
      ) : null}
      <InvitationLinks made={made} onDone={() => setMade(null)} />
      <ConfirmDialog
        open={is("link")}
        onClose={close}
        title="Make a new link?"
        confirmLabel="Make new link"
        tone="primary"
        onConfirm={async () => {
          setMade([await api.post<NewInvitation>(`${base}/${asked?.invitation.id}/link`)]);
          await reload();
        }}
        blastRadius={
          <p>
            Every older link for {who} stops working at once. The new one works for 7 days and is shown to you
            this once.
          </p>
        }
      />
      <ConfirmDialog
        open={is("resend")}
        onClose={close}
        title="Send the invitation again?"
        confirmLabel="Send mail"
        tone="primary"
        onConfirm={async () => {
          const sent = await api.post<Invitation>(`${base}/${asked?.invitation.id}/resend`);
          await reload();
          if (sent.mail !== "sent") throw NOT_TAKEN;
          toast.success("The mail is on its way", `With a new link for ${sent.email}.`);
        }}
        blastRadius={
          <p>{who} gets a mail with a new link, good for 7 days. Every older link stops working at once.</p>
        }
      />
      <ConfirmDialog
        open={is("cancel")}
        onClose={close}
        title="Cancel this invitation?"
        confirmLabel="Cancel invitation"
        onConfirm={async () => {
          await api.delete<Invitation>(`${base}/${asked?.invitation.id}`);
          toast.success(
            "The invitation is cancelled",
            "Whoever opens the link sees that it no longer works.",
          );
          await reload();
        }}
        blastRadius={
          shown ? (
            <p>
              The link for {who}, invited as {aRole(shown.role)} by {shown.invitedBy}, stops working at once
              and for good. Nobody has joined with it.
            </p>
          ) : null
        }
      />
    </>
  );
}
