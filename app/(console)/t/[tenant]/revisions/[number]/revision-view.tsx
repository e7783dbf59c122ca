"use client";
import { Download, RotateCcw } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useUrlState } from "#components/table/use-url-state.ts";
import { StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import type { Page } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import type { Effects, Revision, RouteChange } from "#lib/publishing/schema.ts";
import { BlastRadius } from "../../changes/blast-radius.tsx";
import { DifferenceList } from "../../changes/difference-list.tsx";
import { summarize } from "../../changes/effect-words.ts";
import { PropagationPanel } from "../../changes/propagation-panel.tsx";
import { downloadOpenApi, downloadRevision } from "../download.ts";

const RollBackDialog = lazy(() =>
  import("../roll-back-dialog.tsx").then((module) => ({ default: module.RollBackDialog })),
);

type Comparison = {
  sides: { from: number; to: number };
  /** The revisions to choose from. */
  numbers: readonly number[];
  routes: Page<RouteChange>;
  effects: Effects;
  loadedAt: number;
};
type Props = {
  tenant: string;
  role: Role;
  revision: Revision;
  live: number | null;
  comparison?: Comparison;
};

/** One revision: who made it and why, where it is live, how it differs from any other, and the way back to it. */
export function RevisionView({ tenant, role, revision, live, comparison }: Props) {
  const { number } = revision;
  const [rolling, setRolling] = useState(false);
  const [used, setUsed] = useState(false);
  return (
    <>
      <PageHeader
        title={`Revision ${number}`}
        up={{ href: paths.revisions(tenant), label: "Revisions" }}
        meta={revision.live ? <StatusBadge status="live" /> : null}
        {...(revision.note ? { description: revision.note } : {})}
        actions={
          <>
            <Button
              icon={<Download aria-hidden size={14} />}
              onClick={() =>
                void downloadRevision(tenant, number).catch((reason: unknown) => toast.error(reason))
              }
            >
              Download
            </Button>
            <Button icon={<Download aria-hidden size={14} />} onClick={() => downloadOpenApi(tenant, number)}>
              OpenAPI
            </Button>
            <Button
              variant="primary"
              icon={<RotateCcw aria-hidden size={14} />}
              disabledReason={
                whyNot(role, "revision.publish") ?? (revision.live ? "This revision is live already." : null)
              }
              onClick={() => {
                setUsed(true);
                setRolling(true);
              }}
            >
              {`Roll back to r${number}`}
            </Button>
          </>
        }
      />
      {revision.live ? <PropagationPanel tenant={tenant} number={number} /> : null}
      <div className="mb-8">
        <Facts items={factsOf(tenant, revision)} />
      </div>
      {comparison ? <Compared tenant={tenant} number={number} live={live} comparison={comparison} /> : null}
      {used ? (
        <Suspense>
          <RollBackDialog
            tenant={tenant}
            number={rolling ? number : null}
            live={live}
            onClose={() => setRolling(false)}
          />
        </Suspense>
      ) : null}
    </>
  );
}

const factsOf = (tenant: string, revision: Revision) => [
  { name: "Published", value: <RelativeTime at={revision.publishedAt} /> },
  { name: "By", value: revision.publishedBy },
  { name: "Routes", value: revision.routeCount.toLocaleString("en") },
  ...(revision.rolledBackFrom === null
    ? []
    : [
        {
          name: "Rolled back to",
          value: (
            <TextLink href={paths.revision(tenant, revision.rolledBackFrom)}>
              r{revision.rolledBackFrom}
            </TextLink>
          ),
        },
      ]),
  { name: "SHA-256", value: <CopyId value={revision.hash} label="hash" short /> },
];

function Compared({
  tenant,
  number,
  live,
  comparison,
}: {
  tenant: string;
  number: number;
  live: number | null;
  comparison: Comparison;
}) {
  const url = useUrlState();
  const { sides, numbers, routes, effects, loadedAt } = comparison;
  const choices = numbers.includes(sides.from) ? numbers : [...numbers, sides.from];
  const counts = effects.counts;
  return (
    <>
      <Section
        title={`Against r${sides.from}: ${summarize(counts)}`}
        actions={
          <Select
            aria-label="Compare with"
            options={choices
              .filter((one) => one !== number)
              .map((one) => ({
                value: String(one),
                label: `Compare with r${one}${one === live ? " (live)" : one === number - 1 ? " (before it)" : ""}`,
              }))}
            value={String(sides.from)}
            onValueChange={(chosen) => url.set({ with: chosen, kind: null, effect: null, q: null })}
          />
        }
      >
        {counts.total === 0 ? (
          <p className="text-muted">Both say exactly the same.</p>
        ) : (
          <BlastRadius
            tenant={tenant}
            effects={effects}
            hrefOf={(effect) => `${paths.revision(tenant, number)}?with=${sides.from}&effect=${effect}`}
          />
        )}
      </Section>
      {counts.total === 0 ? null : (
        <Section title="Route by route">
          <DifferenceList tenant={tenant} sides={sides} initial={routes} loadedAt={loadedAt} />
        </Section>
      )}
    </>
  );
}
