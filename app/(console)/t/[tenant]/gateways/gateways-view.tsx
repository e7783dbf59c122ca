"use client";
import { liveState } from "#components/shell/live-state.ts";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { Badge, StatusBadge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { limitsNote } from "#lib/gateways/rules.ts";
import type { Gateways, Instance } from "#lib/gateways/schema.ts";
import { useGatewaysFrom } from "../use-gateways-from.ts";

const ABOUT = {
  up: "It reports as it should.",
  silent: "Its reports stopped. It may still be answering with what it last loaded.",
  stopped: "Shut down in order.",
};

const status: Column<Instance> = {
  id: "status",
  header: "Status",
  phone: "lead",
  cell: (row) => (
    <span title={ABOUT[row.status]}>
      <StatusBadge status={row.refused === null ? row.status : "refused"} />
    </span>
  ),
};

const name: Column<Instance> = {
  id: "name",
  header: "Instance",
  phone: "lead",
  grow: true,
  cell: (row) => (
    <span title={row.name} className="font-medium font-mono text-xs">
      {row.name}
    </span>
  ),
};

const address: Column<Instance> = {
  id: "address",
  header: "Address",
  mono: true,
  cell: (row) => row.address || <span className="text-muted">none</span>,
};

const version: Column<Instance> = {
  id: "version",
  header: "Version",
  mono: true,
  phone: "hide",
  cell: (row) => row.version,
};

const started: Column<Instance> = {
  id: "started",
  header: "Started",
  cell: (row) => <RelativeTime at={row.startedAt} />,
};

const seen: Column<Instance> = {
  id: "seen",
  header: "Last seen",
  cell: (row) => <RelativeTime at={row.lastSeenAt} />,
};

const since: Column<Instance> = {
  id: "since",
  header: "Since",
  cell: (row) =>
    row.status === "stopped" ? (
      <span className="text-muted">–</span>
    ) : (
      <RelativeTime at={row.since} none="not yet" />
    ),
};

const serves: Column<Instance> = {
  id: "serves",
  header: "Serves",
  phone: "lead",
  cell: (row) =>
    row.revision === null || row.status === "stopped" ? (
      <span className="text-muted">nothing</span>
    ) : (
      <Badge mono tone={row.status === "up" ? "ok" : "neutral"}>
        r{row.revision}
      </Badge>
    ),
};

const GATEWAY_COLUMNS = [status, name, serves, since, address, version, started, seen];
const WORKER_COLUMNS = [status, name, version, started, seen];

/** Every process of the data plane: whether it is there, what it serves of this tenant, what it refused and why. */
export function GatewaysView({ tenant, initial }: { tenant: string; initial: Gateways }) {
  const { gateways, error } = useGatewaysFrom(tenant, initial);
  const live = liveState(gateways);
  const serving = gateways.instances.filter(({ kind }) => kind === "gateway");
  const workers = gateways.instances.filter(({ kind }) => kind === "worker");
  const limits = limitsNote(gateways.instances);
  const refusing = serving.filter(({ refused, status: now }) => refused !== null && now !== "stopped");
  return (
    <>
      <PageHeader
        title="Gateways"
        description="Gateways answer callers, workers run jobs. Gateways report every second; a change is live on a gateway when the gateway itself says so."
      />
      <div className="mb-6 space-y-2 empty:hidden">
        {error ? <ErrorNotice error={error} /> : null}
        {refusing.map((one) => (
          <Notice key={one.id} tone="bad" title={`${one.name} refused r${one.refused}`}>
            <p className="break-words font-mono text-xs">{one.error ?? "It gave no reason."}</p>
            <p className="mt-1">
              {one.revision === null
                ? "It serves nothing of this tenant until a revision compiles."
                : `It keeps serving r${one.revision}.`}
            </p>
          </Notice>
        ))}
        {limits.tone === "warn" ? (
          <Notice tone="warn" title="Rate limits">
            {limits.text}
          </Notice>
        ) : null}
        {refusing.length === 0 && (live.tone === "warn" || live.tone === "bad") ? (
          <Notice tone={live.tone} title={live.text}>
            {live.detail}
          </Notice>
        ) : null}
      </div>
      <Section
        title="Gateways"
        actions={
          gateways.liveRevision === null ? (
            <span className="text-muted">Nothing published</span>
          ) : (
            <span className="text-muted">
              Live: <span className="font-mono text-xs">r{gateways.liveRevision}</span>, published{" "}
              <RelativeTime at={gateways.publishedAt} />
            </span>
          )
        }
      >
        {serving.length > 0 ? (
          <>
            <DataTable label="Gateways" rows={serving} columns={GATEWAY_COLUMNS} rowId={({ id }) => id} />
            {limits.tone === "neutral" ? <p className="mt-2 text-muted">{limits.text}</p> : null}
          </>
        ) : (
          <EmptyState
            title="No gateway is running"
            body="Callers get no answer until one does. Start one with npm run gateway; it appears here within seconds."
          />
        )}
      </Section>
      <Section title="Workers">
        {workers.length > 0 ? (
          <DataTable label="Workers" rows={workers} columns={WORKER_COLUMNS} rowId={({ id }) => id} />
        ) : (
          <EmptyState
            title="No worker is running"
            body="Jobs are accepted and wait. Start one with npm run worker, and it takes them up."
          />
        )}
      </Section>
    </>
  );
}
