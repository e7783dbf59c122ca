"use client";
import { useQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton, TextLink } from "#components/ui/link-button.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import type { Page } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { Changes, Effects, RouteChange } from "#lib/publishing/schema.ts";
import type { Accepted } from "./accepted.ts";
import { BlastRadius } from "./blast-radius.tsx";
import { changesQuery } from "./changes-link.tsx";
import { DifferenceList } from "./difference-list.tsx";
import { effectsQuery, type Sides } from "./difference-query.ts";
import { countChanges, summarize } from "./effect-words.ts";
import { Findings } from "./findings.tsx";
import { LastChange } from "./last-change.tsx";
import { MovedOn } from "./moved-on.tsx";
import { PropagationPanel } from "./propagation-panel.tsx";
import { PublishForm } from "./publish-form.tsx";
import { useDraftActions } from "./use-draft-actions.ts";

const SIDES: Sides = { from: "live", to: "draft" };

type ChangesViewProps = {
  tenant: string;
  role: Role;
  initial: { changes: Changes; routes: Page<RouteChange>; effects: Effects };
  /** When the server read them, in milliseconds. */
  loadedAt: number;
};

/** What publishing would do, to which callers, the publishing itself and how far it has come. */
export function ChangesView({ tenant, role, initial, loadedAt }: ChangesViewProps) {
  const fresh = { initialDataUpdatedAt: loadedAt };
  const { data, error } = useQuery({ ...changesQuery(tenant), initialData: initial.changes, ...fresh });
  const effects = useQuery({ ...effectsQuery(tenant, SIDES), initialData: initial.effects, ...fresh });
  const [published, setPublished] = useState<number | null>(null);
  const [accepted, setAccepted] = useState<Accepted>(new Set());
  const { reset } = useDraftActions(tenant);
  const count = data.counts.total;
  // The list may appear long after the page: then what the server saw may be of a draft that is no more.
  const seen = initial.changes;
  const same = data.draftVersion === seen.draftVersion && data.liveRevision === seen.liveRevision;

  const discard = (title: string, routeIds: string[] | null) =>
    reset(title, { draftVersion: data.draftVersion, revision: null, routeIds }).catch((reason: unknown) =>
      toast.error(reason, "It was not discarded"),
    );

  return (
    <>
      <PageHeader
        title="Changes"
        description={
          data.liveRevision === null ? (
            "Nothing is live yet. Publishing makes the draft revision 1."
          ) : (
            <>
              The draft against{" "}
              <TextLink href={paths.revision(tenant, data.liveRevision)}>r{data.liveRevision}</TextLink>,
              which is live.
            </>
          )
        }
        actions={
          count > 0 ? (
            <>
              <Button
                icon={<Undo2 aria-hidden size={14} />}
                disabledReason={whyNot(role, "draft.edit")}
                onClick={() => void discard(`Discarded ${countChanges(count)}`, null)}
              >
                {`Discard ${countChanges(count)}`}
              </Button>
              <LinkButton href="#publish" variant="primary">
                Go to publish
              </LinkButton>
            </>
          ) : null
        }
      />
      <ErrorNotice error={error} />
      {published === null ? <MovedOn tenant={tenant} reviewed={data.liveRevision} /> : null}
      {data.undo && !whyNot(role, "draft.edit") ? <LastChange tenant={tenant} undo={data.undo} /> : null}
      {published === null ? null : <PropagationPanel tenant={tenant} number={published} />}
      {count === 0 ? (
        <NothingToPublish tenant={tenant} live={data.liveRevision} />
      ) : (
        <>
          <Findings tenant={tenant} findings={data.findings} accepted={accepted} onAccepted={setAccepted} />
          <Section title="Who notices">
            <BlastRadius
              tenant={tenant}
              effects={effects.data}
              hrefOf={(effect) => paths.changes(tenant, { effect })}
            />
          </Section>
          <Section title={`What would change: ${summarize(data.counts)}`}>
            <DifferenceList
              tenant={tenant}
              sides={SIDES}
              initial={same ? initial.routes : null}
              loadedAt={loadedAt}
              whyNotDiscard={whyNot(role, "draft.edit")}
              onDiscard={({ method, path, routeId }) =>
                discard(`Discarded the change of ${method} ${path}`, [routeId])
              }
            />
          </Section>
          <div id="publish" className="scroll-mt-16">
            <Section title="Publish">
              <PublishForm
                tenant={tenant}
                role={role}
                changes={data}
                accepted={accepted}
                onPublished={setPublished}
              />
            </Section>
          </div>
        </>
      )}
    </>
  );
}

function NothingToPublish({ tenant, live }: { tenant: string; live: number | null }) {
  if (live === null) {
    return (
      <EmptyState
        title="Nothing to publish"
        body="Routes that you make are collected here until you publish them, all at once."
        action={<LinkButton href={paths.newRoute(tenant)}>Create route</LinkButton>}
      />
    );
  }
  return (
    <Notice
      title="The draft is what is live."
      action={
        <LinkButton size="small" href={paths.revisions(tenant)}>
          See revisions
        </LinkButton>
      }
    >
      Edit a route, and what would change for callers is shown here.
    </Notice>
  );
}
