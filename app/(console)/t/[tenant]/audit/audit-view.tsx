"use client";
import { Download, ListFilter, Pause, Play, ShieldCheck } from "lucide-react";
import { useMemo, useState } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { FilterBar } from "#components/table/filter-bar.tsx";
import { Pager } from "#components/table/pager.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Page } from "#lib/api/client.ts";
import { actionWords, kindOf } from "#lib/audit-log/rules.ts";
import type { AuditChoices, AuditEntry, AuditFilters } from "#lib/audit-log/schema.ts";
import { paths } from "#lib/paths.ts";
import { AUDIT_COLUMNS } from "./audit-columns.tsx";
import { FURTHER, FurtherChips } from "./further-chips.tsx";
import { useAuditList } from "./use-audit-list.ts";

const FurtherFilters = fetchedAhead(() =>
  import("./further-filters.tsx").then((module) => module.FurtherFilters),
);
const ChainCheck = fetchedAhead(() => import("./chain-check.tsx").then((module) => module.ChainCheckPanel));

type Props = {
  tenant: string;
  filters: AuditFilters;
  cursor: string | undefined;
  choices: AuditChoices;
  initial: Page<AuditEntry>;
};

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Every kind of action, and under it each action, by what they are called. */
function actionOptions(actions: readonly string[], chosen: string | undefined) {
  const kinds = [...new Set(actions.map(kindOf))];
  const options = kinds.flatMap((kind) => {
    const own = actions.filter((action) => kindOf(action) === kind);
    const all =
      own.length > 1 ? [{ value: kind, label: `Everything about ${kind.replaceAll("-", " ")}` }] : [];
    return [...all, ...own.map((action) => ({ value: action, label: sentence(actionWords(action)) }))];
  });
  const known = !chosen || options.some(({ value }) => value === chosen);
  return [
    { value: "", label: "Every action" },
    ...options,
    ...(known ? [] : [{ value: chosen, label: chosen }]),
  ];
}

function actorOptions(actors: readonly string[], chosen: string | undefined) {
  const all = chosen && !actors.includes(chosen) ? [chosen, ...actors] : actors;
  return [{ value: "", label: "Everybody" }, ...all.map((label) => ({ value: label, label }))];
}

/** Who did what to what, when and from where: live, narrowed by filters that live in the address. */
export function AuditView({ tenant, filters, cursor, choices, initial }: Props) {
  const list = useAuditList(tenant, filters, cursor, initial);
  const [filtering, setFiltering] = useState(false);
  const [checking, setChecking] = useState(false);
  const actions = useMemo(() => actionOptions(choices.actions, filters.action), [choices, filters.action]);
  const actors = useMemo(() => actorOptions(choices.actors, filters.actor), [choices, filters.actor]);
  const further = FURTHER.filter((name) => filters[name]).length;
  return (
    <>
      <PageHeader
        title="Audit"
        description="Every change and every reveal: who, what, when, from where. Entries are only ever added, each chained to the one before."
        actions={
          <>
            <Button icon={<ShieldCheck aria-hidden size={14} />} onClick={() => setChecking(true)}>
              Verify the chain
            </Button>
            <ExportMenu tenant={tenant} filters={filters} />
          </>
        }
      />
      {checking ? <ChainCheck tenant={tenant} /> : null}
      <FilterBar
        search="Person, ID, address or action"
        filters={[
          { name: "action", label: "Action", options: actions },
          { name: "actor", label: "Actor", options: actors },
        ]}
        also={FURTHER}
        beside={
          <Button
            icon={<ListFilter aria-hidden size={14} />}
            aria-haspopup="dialog"
            onClick={() => setFiltering(true)}
          >
            {further > 0 ? `More filters (${further})` : "More filters"}
          </Button>
        }
      >
        {cursor ? null : <Liveness list={list} />}
      </FilterBar>
      <FurtherChips filters={filters} />
      {filtering ? <FurtherFilters filters={filters} onClose={() => setFiltering(false)} /> : null}
      {list.error ? (
        <div className="mb-3">
          <ErrorNotice error={list.error} />
        </div>
      ) : null}
      {list.rows.length > 0 ? (
        // biome-ignore lint/a11y/noStaticElementInteractions: it only holds the rows still while somebody is at them
        <div
          onPointerEnter={() => list.hold(true)}
          onPointerLeave={() => list.hold(false)}
          onFocus={() => list.hold(true)}
          onBlur={({ currentTarget, relatedTarget }) =>
            list.hold(currentTarget.contains(relatedTarget as Node | null))
          }
        >
          <DataTable
            label="Audit log"
            rows={list.rows}
            columns={AUDIT_COLUMNS}
            rowId={({ id }) => id}
            rowHref={({ id }) => paths.auditEntry(tenant, id)}
            linkColumn="what"
          />
        </div>
      ) : list.error ? null : (
        <EmptyState
          title="Nothing like this is in the log"
          body="A search finds the beginning of a person's address, a whole ID of a target, request or access token, an IP address, or words of an action, such as “published”."
        />
      )}
      <Pager nextCursor={list.nextCursor} />
    </>
  );
}

function ExportMenu({ tenant, filters }: Pick<Props, "tenant" | "filters">) {
  const narrowed = Object.values(filters).some(Boolean);
  const start = (format: "jsonl" | "csv") => {
    // A link and not a page: what it leads to is saved as a file while the page stays.
    const link = document.createElement("a");
    link.href = paths.auditExport(tenant, format, filters);
    link.download = "";
    link.click();
  };
  return (
    <Menu
      align="end"
      trigger={
        <Button icon={<Download aria-hidden size={14} />}>
          {narrowed ? "Export what is shown" : "Export"}
        </Button>
      }
      items={[
        { label: "As CSV, for a spreadsheet", onSelect: () => start("csv") },
        { label: "As JSON Lines, with what it takes to verify", onSelect: () => start("jsonl") },
      ]}
    />
  );
}

function Liveness({ list }: { list: ReturnType<typeof useAuditList> }) {
  const { paused } = list;
  return (
    <>
      {paused ? (
        <span className="whitespace-nowrap">
          as of <RelativeTime at={list.readAt} />
        </span>
      ) : null}
      <Button
        icon={paused ? <Play aria-hidden size={14} /> : <Pause aria-hidden size={14} />}
        onClick={() => list.setPaused(!paused)}
      >
        {paused ? "Resume" : "Pause"}
        <span className="sr-only"> live updates</span>
      </Button>
    </>
  );
}
