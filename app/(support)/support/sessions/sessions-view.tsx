"use client";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { paths } from "#lib/paths.ts";
import type { SupportSession } from "#lib/support/schema.ts";
import { DeskLogTabs } from "../desk-log-tabs.tsx";
import { SessionTable } from "./session-table.tsx";

const STATES = [
  { value: "", label: "Open and over" },
  { value: "open", label: "Open now" },
];

/** Which operators were in which tenants, why, and for how long. */
export function SessionsView({
  sessions,
  nextCursor,
  narrowed,
  tenant,
}: {
  sessions: readonly SupportSession[];
  nextCursor: string | null;
  narrowed: boolean;
  tenant: string | null;
}) {
  return (
    <>
      <PageHeader
        title="Support sessions"
        description={
          tenant
            ? `Who from support was in ${tenant}.`
            : "Who from support was in which tenant. The tenants see their own."
        }
      />
      <DeskLogTabs current="Sessions" />
      <FilterBar filters={[{ name: "state", label: "State", options: STATES }]} />
      {sessions.length > 0 ? (
        <>
          <SessionTable sessions={sessions} />
          <Pager nextCursor={nextCursor} />
        </>
      ) : (
        <EmptyState
          title={narrowed ? "No such session" : "Nobody has entered a tenant yet"}
          body="An operator enters a tenant with a reason, for at most an hour, and is listed here and there."
          action={
            narrowed ? (
              <LinkButton href={paths.supportSessions()}>See all sessions</LinkButton>
            ) : (
              <LinkButton href={paths.supportTenants()}>Choose a tenant</LinkButton>
            )
          }
        />
      )}
    </>
  );
}
