"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { useCommands } from "#components/shell/commands.ts";
import { DataTable } from "#components/table/data-table.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { LinkButton, TextLink } from "#components/ui/link-button.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import { jobsText } from "#lib/dead-letters/rules.ts";
import type { DeadLetterGroupDetail, RunAction } from "#lib/dead-letters/schema.ts";
import { paths } from "#lib/paths.ts";
import { OpenRuns } from "../open-runs.tsx";
import { Deaths } from "./deaths.tsx";
import { EXAMPLE_COLUMNS } from "./example-columns.tsx";
import { Origins } from "./origins.tsx";

const RequeueDialog = fetchedAhead(() =>
  import("../requeue-dialog.tsx").then((module) => module.RequeueDialog),
);

type Props = { tenant: string; role: Role; initial: DeadLetterGroupDetail };

/** One cause of death: since when, how often, where, and what can be done about all of its jobs at once. */
export function GroupView({ tenant, role, initial }: Props) {
  const { fingerprint } = initial;
  const { data: group, error } = useQuery({
    queryKey: ["dead-letters", tenant, "group", fingerprint],
    queryFn: ({ signal }) =>
      api.get<DeadLetterGroupDetail>(
        `/tenants/${encodeURIComponent(tenant)}/dead-letters/groups/${encodeURIComponent(fingerprint)}`,
        { signal },
      ),
    initialData: initial,
    refetchInterval: 3_000,
  });
  const [acting, setActing] = useState<RunAction | null>(null);
  const { dead, deaths } = group;
  const refusal = whyNot(role, "job.act") ?? (dead === 0 ? "None of these jobs is dead any more." : null);
  useCommands(
    useMemo(
      () =>
        refusal === null
          ? [
              {
                id: "requeue-group",
                label: `Requeue ${jobsText(dead)} of this group`,
                keywords: "retry run",
                run: () => setActing("requeue"),
              },
              {
                id: "discard-group",
                label: `Discard ${jobsText(dead)} of this group`,
                run: () => setActing("discard"),
              },
            ]
          : [],
      [refusal, dead],
    ),
  );
  return (
    <>
      <PageHeader
        up={{ href: paths.deadLetters(tenant), label: "Dead letters" }}
        title={group.error.name || "Error"}
        meta={
          <>
            <span role="status">
              <Badge tone={dead > 0 ? "bad" : "ok"}>
                {dead > 0 ? `${jobsText(dead)} dead` : "None dead"}
              </Badge>
            </span>
            <CopyId value={fingerprint} label="fingerprint" />
          </>
        }
        actions={
          <>
            <Button disabledReason={refusal} onClick={() => setActing("discard")}>
              Discard {dead.toLocaleString("en")}…
            </Button>
            <Button variant="primary" disabledReason={refusal} onClick={() => setActing("requeue")}>
              Requeue {dead.toLocaleString("en")}…
            </Button>
          </>
        }
      />
      <OpenRuns tenant={tenant} />
      <div className="mb-6 space-y-3">
        <ErrorNotice error={error} />
        {dead === 0 ? (
          <Notice title="Nothing waits here">
            All jobs that died of this error were requeued, discarded or deleted since. If it comes back, it
            is this group again.
          </Notice>
        ) : null}
        <CodeBlock language="text" label="The latest message" code={group.error.message || "(no message)"} />
      </div>
      <div className="grid grid-cols-1 gap-x-10 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0">
          <Section title="Deaths">
            <Deaths group={group} />
          </Section>
          <Section
            title="Examples"
            actions={
              dead > 0 ? (
                <LinkButton
                  size="small"
                  prefetch={false}
                  href={paths.jobs(tenant, { state: "dead", fingerprint })}
                >
                  See all {dead.toLocaleString("en")}
                </LinkButton>
              ) : null
            }
          >
            {group.examples.length > 0 ? (
              <DataTable
                label="Examples"
                rows={group.examples}
                columns={EXAMPLE_COLUMNS}
                rowId={({ id }) => id}
                rowHref={({ id }) => paths.job(tenant, id)}
                linkColumn="function"
              />
            ) : (
              <p className="border-y py-3 text-muted">None: no job of this group is dead now.</p>
            )}
          </Section>
        </div>
        <div className="min-w-0">
          <Section title="Its story">
            <Facts
              items={[
                { name: "First seen", value: <RelativeTime at={group.firstSeen} /> },
                { name: "Last seen", value: <RelativeTime at={group.lastSeen} /> },
                { name: "Dead now", value: dead.toLocaleString("en") },
                {
                  name: "Deaths ever",
                  value: (
                    <span title="A job that was requeued and died again counts each time">
                      {deaths.toLocaleString("en")}
                    </span>
                  ),
                },
                { name: "Since revision", value: <Since tenant={tenant} group={group} /> },
              ]}
            />
          </Section>
          <Section title="Where its jobs came from">
            <Origins tenant={tenant} origins={group.origins} />
          </Section>
        </div>
      </div>
      {acting ? (
        <RequeueDialog
          tenant={tenant}
          action={acting}
          selection={{ by: "groups", fingerprints: [fingerprint] }}
          onClose={() => setActing(null)}
        />
      ) : null}
    </>
  );
}

function Since({ tenant, group }: { tenant: string; group: DeadLetterGroupDetail }) {
  const { sinceRevision, liveRevision } = group;
  if (sinceRevision === null) return <span className="text-muted">No route made these jobs</span>;
  return (
    <>
      <TextLink href={paths.revision(tenant, sinceRevision)}>r{sinceRevision}</TextLink>
      <span className="text-muted">
        {sinceRevision === liveRevision
          ? ", which is live"
          : liveRevision === null
            ? ""
            : `; r${liveRevision} is live`}
      </span>
    </>
  );
}
