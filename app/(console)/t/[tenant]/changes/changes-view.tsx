"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import type { Role } from "#lib/access/permissions.ts";
import type { Page } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { Changes, Revision } from "#lib/publishing/schema.ts";
import { ChangeList } from "./change-list.tsx";
import { summarize } from "./change-words.ts";
import { changesQuery } from "./changes-link.tsx";
import { ProblemList } from "./problem-list.tsx";
import { PropagationPanel } from "./propagation-panel.tsx";
import { PublishForm } from "./publish-form.tsx";
import { Revisions } from "./revisions.tsx";

type ChangesViewProps = {
  tenant: string;
  role: Role;
  cursor: string | undefined;
  changes: Changes;
  revisions: Page<Revision>;
  /** When the server read them, in milliseconds. */
  loadedAt: number;
};

/** What publishing would do, the publishing itself and how far it has come, and what was published before. */
export function ChangesView({ tenant, role, cursor, changes, revisions, loadedAt }: ChangesViewProps) {
  const { data, error } = useQuery({
    ...changesQuery(tenant),
    initialData: changes,
    initialDataUpdatedAt: loadedAt,
  });
  const [published, setPublished] = useState<number | null>(null);
  const count = data.changes.length;
  return (
    <>
      <PageHeader
        title="Changes"
        description={
          data.liveRevision === null
            ? "Nothing is live yet. Publishing makes the draft revision 1."
            : `The draft against r${data.liveRevision}, which is live.`
        }
      />
      <ErrorNotice error={error} />
      {published === null ? null : <PropagationPanel tenant={tenant} number={published} />}
      {count === 0 ? (
        <div className="mb-8">
          {data.liveRevision === null ? (
            <EmptyState
              title="Nothing to publish"
              body="Routes that you make are collected here until you publish them, all at once."
              action={<LinkButton href={paths.newRoute(tenant)}>Create route</LinkButton>}
            />
          ) : (
            <Notice title="The draft is what is live.">
              Edit a route, and what would change for callers is shown here.
            </Notice>
          )}
        </div>
      ) : (
        <>
          <ProblemList tenant={tenant} changes={data} />
          <Section title={`What would change: ${summarize(data.changes)}`}>
            <ChangeList tenant={tenant} changes={data.changes} />
          </Section>
          <Section title="Publish">
            <PublishForm tenant={tenant} role={role} changes={data} onPublished={setPublished} />
          </Section>
        </>
      )}
      <Revisions tenant={tenant} cursor={cursor} initial={revisions} loadedAt={loadedAt} />
    </>
  );
}
