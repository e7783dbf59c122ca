"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useMemo, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { useUrlState } from "#components/table/use-url-state.ts";
import { Button } from "#components/ui/button.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { ROLES, type Role, roleCan, rolesInWords, whyNot } from "#lib/access/permissions.ts";
import { api, type Page } from "#lib/api/client.ts";
import { ROLE_MAY } from "#lib/members/rules.ts";
import type { Member, MemberCounts, MemberFilters } from "#lib/members/schema.ts";
import { paths } from "#lib/paths.ts";
import { useOnceOpen } from "../keys/use-once-open.ts";
import { LeaveSection } from "./leave-section.tsx";
import { memberColumns } from "./member-columns.tsx";
import type { MemberAsked } from "./member-dialogs.tsx";
import { MembersTabs } from "./members-tabs.tsx";
import { MEMBERS_PER_PAGE } from "./page-size.ts";

const InviteDialog = fetchedAhead(() => import("./invite-dialog.tsx").then((module) => module.InviteDialog));
const MemberDialogs = fetchedAhead(() =>
  import("./member-dialogs.tsx").then((module) => module.MemberDialogs),
);

const ROLE_FILTER = {
  name: "role",
  label: "Role",
  options: [
    { value: "", label: "Any role" },
    ...ROLES.map((role) => ({ value: role, label: `Only ${rolesInWords(role)}` })),
  ],
};
const FACTOR_FILTER = {
  name: "factor",
  label: "Second factor",
  options: [
    { value: "", label: "Any second factor" },
    { value: "on", label: "Second factor on" },
    { value: "off", label: "Second factor off" },
  ],
};
const ORDER = {
  name: "order",
  label: "Order",
  options: [
    { value: "", label: "By name" },
    { value: "joined", label: "Newest first" },
    { value: "role", label: "Owners first" },
  ],
};

type MembersViewProps = {
  tenant: { slug: string; name: string };
  role: Role;
  /** Who is looking; null for an operator, who is no member. */
  self: string | null;
  /** Whether invitations go out by mail. */
  sendsMail: boolean;
  filters: MemberFilters & { cursor?: string | undefined };
  initial: Page<Member>;
  initialCounts: MemberCounts;
  /** When the server read them, in milliseconds. */
  loadedAt: number;
};

/** Who belongs to the tenant, and what may be done about it. */
export function MembersView(props: MembersViewProps) {
  const { tenant, role, self, sendsMail, filters, initial, initialCounts, loadedAt } = props;
  const client = useQueryClient();
  const url = useUrlState();
  const base = `/tenants/${encodeURIComponent(tenant.slug)}/members`;
  const { data, error } = useQuery({
    queryKey: ["members", tenant.slug, "list", filters],
    queryFn: ({ signal }) =>
      api.page<Member>(base, { query: { ...filters, limit: MEMBERS_PER_PAGE }, signal }),
    initialData: initial,
    initialDataUpdatedAt: loadedAt,
  });
  const counts = useQuery({
    queryKey: ["members", tenant.slug, "counts"],
    queryFn: ({ signal }) => api.get<MemberCounts>(`${base}/counts`, { signal }),
    initialData: initialCounts,
    initialDataUpdatedAt: loadedAt,
  });
  const [asked, setAsked] = useState<MemberAsked | null>(null);
  const asksOnce = useOnceOpen(asked !== null);
  const refusal = whyNot(role, "member.manage");
  const inviting = url.get("invite") === "1" && refusal === null;
  const invitesOnce = useOnceOpen(inviting);
  const { owners, members } = counts.data;
  const columns = useMemo(
    () => memberColumns({ role, self, owners, onAction: (action, member) => setAsked({ action, member }) }),
    [role, self, owners],
  );
  const reload = () => client.invalidateQueries({ queryKey: ["members", tenant.slug] });
  const filtered = Boolean(filters.q || filters.role || filters.factor);
  return (
    <>
      <PageHeader
        title="Members"
        description="Who can see this tenant in the console and over its API."
        actions={
          <Button
            variant="primary"
            icon={<UserPlus aria-hidden size={14} />}
            disabledReason={refusal}
            onClick={() => url.set({ invite: "1" })}
          >
            Invite members
          </Button>
        }
      />
      {refusal === null ? <MembersTabs tenant={tenant.slug} current="Members" /> : null}
      <ErrorNotice error={error ?? counts.error} />
      <FilterBar
        search="Search by name or e-mail"
        filters={roleCan(role, "member.manage") ? [ROLE_FILTER, FACTOR_FILTER, ORDER] : [ROLE_FILTER, ORDER]}
      />
      <div className="mb-8">
        {data.data.length ? (
          <DataTable label="Members" rows={data.data} columns={columns} rowId={({ userId }) => userId} />
        ) : (
          <p className="px-2 py-8 text-muted">
            No member matches. Clear the search and the filters to see all.
          </p>
        )}
        <Pager
          nextCursor={data.nextCursor}
          summary={
            filtered || data.nextCursor || filters.cursor
              ? `${data.data.length.toLocaleString("en")} on this page of ${members.toLocaleString("en")} members`
              : membersText(members)
          }
        />
      </div>
      {self === null ? null : (
        <LeaveSection tenant={tenant} self={self} role={role} owners={owners} onAsk={setAsked} />
      )}
      <Section title="What each role may do">
        <dl className="grid gap-x-6 border-t sm:grid-cols-[10rem_1fr]">
          {ROLES.map((each) => (
            <div key={each} className="border-b py-2 sm:col-span-2 sm:grid sm:grid-cols-subgrid">
              <dt className="font-medium">{each}</dt>
              <dd className="text-muted">{ROLE_MAY[each]}</dd>
            </div>
          ))}
        </dl>
      </Section>
      {invitesOnce ? (
        <InviteDialog
          tenant={tenant.slug}
          role={role}
          sendsMail={sendsMail}
          open={inviting}
          onClose={() => url.set({ invite: null })}
          seeAll={paths.invitations(tenant.slug)}
        />
      ) : null}
      {asksOnce ? (
        <MemberDialogs
          tenant={tenant}
          role={role}
          self={self}
          asked={asked}
          onClose={() => setAsked(null)}
          onChanged={() => void reload()}
        />
      ) : null}
    </>
  );
}

const membersText = (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "member" : "members"}`;
