"use client";
import { useQuery } from "@tanstack/react-query";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { api } from "#lib/api/client.ts";
import type { Operator, Setup } from "#lib/installation/schema.ts";
import { paths } from "#lib/paths.ts";
import type { Installation } from "#lib/support/schema.ts";
import { OperatorsSection } from "./operators-section.tsx";
import { SetupSections } from "./setup-sections.tsx";

type Instance = Installation["instances"][number];

const COLUMNS: readonly Column<Instance>[] = [
  {
    id: "status",
    header: "State",
    phone: "lead",
    cell: ({ status }) => (
      <span className="inline-block w-20">
        <StatusBadge status={status} />
      </span>
    ),
  },
  { id: "kind", header: "Kind", phone: "lead", cell: ({ kind }) => kind },
  { id: "name", header: "Name", grow: true, mono: true, cell: ({ name, address }) => `${name} ${address}` },
  { id: "version", header: "Version", mono: true, cell: ({ version }) => version },
  { id: "started", header: "Started", cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
  { id: "seen", header: "Heard from", cell: ({ lastSeenAt }) => <RelativeTime at={lastSeenAt} /> },
];

const REFRESH_MS = 5_000;

/** The processes of the installation, how much is in it, and what its ledger of jobs had to be helped with. */
export function InstallationView({
  initial,
  setup,
  operators,
}: {
  initial: Installation;
  setup: Setup;
  operators: Operator[];
}) {
  const { data, error } = useQuery({
    queryKey: ["installation"],
    queryFn: ({ signal }) => api.get<Installation>("/support/installation", { signal }),
    initialData: initial,
    refetchInterval: REFRESH_MS,
  });
  const up = (kind: Instance["kind"]) =>
    data.instances.filter((one) => one.kind === kind && one.status === "up").length;
  const missing = (["gateway", "worker"] as const).filter((kind) => up(kind) === 0);
  return (
    <>
      <PageHeader
        title="Installation"
        description="What runs, how it is set up, and who runs it. Processes are asked again every 5 s."
      />
      <ErrorNotice error={error} />
      {missing.map((kind) => (
        <div key={kind} className="mb-4">
          <Notice tone="bad" title={`No ${kind} is up`}>
            {kind === "gateway" ? "No tenant’s API answers." : "Jobs wait; none is lost."}
          </Notice>
        </div>
      ))}
      <Section title="Now">
        <Facts
          items={[
            { name: "Gateways up", value: up("gateway") },
            { name: "Workers up", value: up("worker") },
            {
              name: "Tenants",
              value: <TextLink href={paths.supportTenants()}>{data.tenants.toLocaleString("en")}</TextLink>,
            },
            {
              name: "Support sessions open",
              value: <TextLink href={paths.supportSessions({ state: "open" })}>{data.openSessions}</TextLink>,
            },
          ]}
        />
      </Section>
      <Section title="Processes">
        {data.instances.length > 0 ? (
          <DataTable label="Processes" rows={data.instances} columns={COLUMNS} rowId={({ id }) => id} />
        ) : (
          <p className="text-muted">No gateway and no worker has reported in the last day.</p>
        )}
      </Section>
      <Section title="Repairs in the last 24 hours">
        {data.repairs.length > 0 ? (
          <Facts
            items={data.repairs.map((repair) => ({
              name: repair.kind.replaceAll("_", " "),
              value: (
                <>
                  {repair.jobs.toLocaleString("en")} jobs in {repair.tenants.toLocaleString("en")}{" "}
                  {repair.tenants === 1 ? "tenant" : "tenants"}, last <RelativeTime at={repair.lastAt} />
                </>
              ),
            }))}
          />
        ) : (
          <p className="text-muted">Jobs and their queue agreed all the time.</p>
        )}
      </Section>
      <SetupSections setup={setup} />
      <OperatorsSection initial={operators} />
    </>
  );
}
