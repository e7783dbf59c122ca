"use client";
import { useQuery } from "@tanstack/react-query";
import { liveState } from "#components/shell/live-state.ts";
import { StatusBadge } from "#components/ui/badge.tsx";
import { LinkButton, TextLink } from "#components/ui/link-button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { relativeText } from "#components/ui/relative-time-text.ts";
import type { OpenAlertsView } from "#lib/alerts/schema.ts";
import { api } from "#lib/api/client.ts";
import type { Gateways } from "#lib/gateways/schema.ts";
import { countOf, countText } from "#lib/overview/rules.ts";
import type { Overview } from "#lib/overview/schema.ts";
import { paths } from "#lib/paths.ts";
import type { Changes } from "#lib/publishing/schema.ts";
import type { Tenant } from "#lib/tenants/schema.ts";
import { type FirstRoute, FirstSteps } from "./first-steps.tsx";
import { OpenAlerts } from "./open-alerts.tsx";
import { useGatewaysFrom } from "./use-gateways-from.ts";
import { type Matter, Waiting } from "./waiting.tsx";

type Props = {
  tenant: Tenant;
  /** The address under which callers reach this tenant. */
  base: string;
  firstRoute: FirstRoute | null;
  initial: { overview: Overview; changes: Changes; gateways: Gateways; alerts: OpenAlertsView };
};

const STATES = ["dead", "running", "retrying", "queued", "succeeded", "cancelled", "discarded"] as const;

const exactly = (count: number) => ({ count, capped: false });

/** What waits for a person, with the page at which to see to it; the gravest first. */
function mattersOf(slug: string, overview: Overview, changes: Changes, gateways: Gateways): Matter[] {
  const matters: Matter[] = [];
  const live = liveState(gateways);
  if (live.tone === "bad" || live.tone === "warn") {
    matters.push({
      tone: live.tone,
      text: `${live.text}. ${live.detail}`,
      href: paths.gateways(slug),
      action: "See gateways",
    });
  }
  const { dead } = overview.jobs;
  if (dead.count > 0) {
    matters.push({
      tone: "bad",
      text: `${countOf(dead, "dead job waits", "dead jobs wait")} to be retried or discarded`,
      href: paths.deadLetters(slug),
      action: "See dead letters",
    });
  }
  const { expiringKeys } = overview;
  if (expiringKeys.count > 0 && expiringKeys.first) {
    matters.push({
      tone: "warn",
      text: `${countOf(expiringKeys, "key expires", "keys expire")} within 30 days, the first ${relativeText(Date.parse(expiringKeys.first), Date.now())}`,
      href: paths.keys(slug, { expires: "soon" }),
      action: "See keys",
    });
  }
  if (changes.problemCount > 0) {
    matters.push({
      tone: "warn",
      text: `${countOf(exactly(changes.problemCount), "problem keeps", "problems keep")} the draft from being published`,
      href: paths.changes(slug),
      action: "See problems",
    });
  }
  if (changes.counts.total > 0) {
    matters.push({
      tone: "info",
      text: `${countOf(exactly(changes.counts.total), "change is", "changes are")} not published`,
      href: paths.changes(slug),
      action: "Review changes",
    });
  }
  return matters;
}

/** What is live, what waits for somebody, and how the jobs stand. */
export function OverviewView({ tenant, base, firstRoute, initial }: Props) {
  const { slug } = tenant;
  const path = `/tenants/${encodeURIComponent(slug)}`;
  const overviewQuery = useQuery({
    queryKey: ["overview", slug],
    queryFn: ({ signal }) => api.get<Overview>(`${path}/overview`, { signal }),
    initialData: initial.overview,
    refetchInterval: 5_000,
  });
  const changesQuery = useQuery({
    queryKey: ["changes", slug],
    queryFn: ({ signal }) => api.get<Changes>(`${path}/changes`, { signal }),
    initialData: initial.changes,
    refetchInterval: 10_000,
  });
  const { gateways } = useGatewaysFrom(slug, initial.gateways);
  const overview = overviewQuery.data;
  const changes = changesQuery.data;
  const started = overview.routes > 0 && gateways.liveRevision !== null && overview.activeKeys.count > 0;
  return (
    <>
      <PageHeader title="Overview" />
      {overviewQuery.error ? (
        <div className="mb-5">
          <ErrorNotice error={overviewQuery.error} />
        </div>
      ) : null}
      {started ? null : (
        <FirstSteps
          tenant={tenant}
          base={base}
          firstRoute={firstRoute}
          done={{
            route: overview.routes > 0,
            published: gateways.liveRevision !== null,
            key: overview.activeKeys.count > 0,
          }}
        />
      )}
      <OpenAlerts tenant={slug} role={tenant.role} initial={initial.alerts} />
      <Section title="Waiting for somebody">
        <Waiting matters={mattersOf(slug, overview, changes, gateways)} />
      </Section>
      <div className="grid grid-cols-1 gap-x-10 lg:grid-cols-2">
        <Section title="Live">
          <Live slug={slug} overview={overview} gateways={gateways} base={base} />
        </Section>
        <Section
          title="Jobs by state"
          actions={
            <LinkButton size="small" variant="quiet" href={paths.jobs(slug)}>
              All jobs
            </LinkButton>
          }
        >
          <JobStates slug={slug} jobs={overview.jobs} />
        </Section>
      </div>
    </>
  );
}

function Live({
  slug,
  overview,
  gateways,
  base,
}: {
  slug: string;
  overview: Overview;
  gateways: Gateways;
  base: string;
}) {
  const up = gateways.instances.filter(({ kind, status }) => kind === "gateway" && status !== "stopped");
  const serving = up.filter(
    ({ status, revision }) => status === "up" && revision === gateways.liveRevision && revision !== null,
  );
  return (
    <Facts
      items={[
        {
          name: "Revision",
          value:
            gateways.liveRevision === null ? (
              <span className="text-muted">Nothing published yet</span>
            ) : (
              <>
                <span className="font-medium font-mono text-xs">r{gateways.liveRevision}</span>, published{" "}
                <RelativeTime at={gateways.publishedAt} />
              </>
            ),
        },
        {
          name: "Gateways",
          value: (
            <TextLink href={paths.gateways(slug)}>
              {gateways.liveRevision === null
                ? countOf(exactly(up.length), "gateway")
                : `${serving.length} of ${up.length} serve it`}
            </TextLink>
          ),
        },
        {
          name: "Routes in the draft",
          value: <TextLink href={paths.routes(slug)}>{countOf(exactly(overview.routes), "route")}</TextLink>,
        },
        {
          name: "Active keys",
          value: <TextLink href={paths.keys(slug)}>{countOf(overview.activeKeys, "key")}</TextLink>,
        },
        { name: "Refused in the last hour", value: <Refused slug={slug} refusals={overview.refusals} /> },
        { name: "Base URL", value: <code className="break-all font-mono text-xs">{base}</code> },
      ]}
    />
  );
}

/** How many calls were refused and with which codes; leads to the page that tells why one of them was. */
function Refused({ slug, refusals }: { slug: string; refusals: Overview["refusals"] }) {
  const { total, byCode, unrecorded } = refusals;
  if (total.count === 0 && unrecorded === 0) return <span className="text-muted">No call</span>;
  const shown = byCode.slice(0, 3);
  const all = { count: total.count + unrecorded, capped: total.capped };
  return (
    <span className="flex flex-col gap-0.5">
      <span>
        {countOf(all, "call")}.{" "}
        <TextLink href={paths.explain(slug, { about: "refusal" })}>Explain one by its request ID</TextLink>
      </span>
      {shown.map(({ code, count }) => (
        <span key={code} className="break-all text-muted text-xs">
          <code className="font-mono">{code}</code> {count.toLocaleString("en")}
        </span>
      ))}
      {byCode.length > shown.length ? (
        <span className="text-muted text-xs">{`and ${byCode.length - shown.length} more codes`}</span>
      ) : null}
      {unrecorded > 0 ? (
        <span className="text-muted text-xs">
          {`${unrecorded.toLocaleString("en")} not written down one by one`}
        </span>
      ) : null}
    </span>
  );
}

function JobStates({ slug, jobs }: { slug: string; jobs: Overview["jobs"] }) {
  return (
    <ul className="border-t">
      {STATES.map((state) => (
        <li
          key={state}
          className="relative flex h-9 items-center justify-between border-b pr-2 hover:bg-surface pointer-coarse:h-11"
        >
          <TextLink
            href={paths.jobs(slug, { state })}
            className="row-link no-underline"
            aria-label={`${jobs[state].count === 0 ? "No" : countText(jobs[state])} ${state} jobs`}
          >
            <StatusBadge status={state} />
          </TextLink>
          <span aria-hidden className={jobs[state].count === 0 ? "text-faint" : "font-medium"}>
            {countText(jobs[state])}
          </span>
        </li>
      ))}
    </ul>
  );
}
