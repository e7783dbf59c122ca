"use client";
import { useMemo } from "react";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Member } from "#lib/members/schema.ts";

const MAY = [
  { role: "owner", may: "everything, with the tenant's settings and its owners" },
  { role: "admin", may: "publish and roll back, manage keys and members, and all below" },
  { role: "developer", may: "edit the draft, act on jobs, and see everything" },
  { role: "support", may: "act on jobs, reveal masked payloads, and see everything" },
  { role: "viewer", may: "see everything, change nothing" },
];

/** Who belongs to the tenant, and what each role may do. */
export function MembersView({
  members,
  nextCursor,
  self,
}: {
  members: readonly Member[];
  nextCursor: string | null;
  self: string;
}) {
  const columns = useMemo(
    (): Column<Member>[] => [
      {
        id: "role",
        header: "Role",
        phone: "lead",
        cell: (row) => (
          <span className="inline-block w-20">
            <Badge tone={row.role === "owner" ? "busy" : "neutral"}>{row.role}</Badge>
          </span>
        ),
      },
      {
        id: "name",
        header: "Name",
        phone: "lead",
        cell: (row) => (
          <span className="font-medium">
            {row.name}
            {row.userId === self ? <span className="font-normal text-muted"> (you)</span> : null}
          </span>
        ),
      },
      { id: "email", header: "E-mail", grow: true, cell: (row) => row.email },
      { id: "since", header: "Member since", cell: (row) => <RelativeTime at={row.memberSince} /> },
    ],
    [self],
  );
  return (
    <>
      <PageHeader title="Members" description="Who can see this tenant in the console and over its API." />
      <div className="mb-8">
        <DataTable label="Members" rows={members} columns={columns} rowId={({ userId }) => userId} />
        <Pager nextCursor={nextCursor} />
      </div>
      <Section title="What each role may do">
        <dl className="grid gap-x-6 border-t sm:grid-cols-[10rem_1fr]">
          {MAY.map(({ role, may }) => (
            <div key={role} className="border-b py-2 sm:col-span-2 sm:grid sm:grid-cols-subgrid">
              <dt className="font-medium">{role}</dt>
              <dd className="text-muted">{may}</dd>
            </div>
          ))}
        </dl>
      </Section>
    </>
  );
}
