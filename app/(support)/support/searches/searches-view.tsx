"use client";
import { type Column, DataTable } from "#components/table/data-table.tsx";
import { Pager } from "#components/table/pager.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { paths } from "#lib/paths.ts";
import type { DeskSearch } from "#lib/support/schema.ts";
import { DeskLogTabs } from "../desk-log-tabs.tsx";

const UNKEPT: Record<DeskSearch["kind"], string> = {
  key: "a whole key, by its SHA-256",
  text: "words that found nothing, which are not kept",
  id: "an ID",
  "key-part": "a part of a key",
};

/** Where something was found, in few words. */
function whereText({ found, tenants }: DeskSearch): string {
  if (found === 0) return "nothing";
  const [first = "", ...others] = tenants;
  return others.length === 0 ? `in ${first}` : `in ${first} and ${others.length.toLocaleString("en")} more`;
}

const COLUMNS: readonly Column<DeskSearch>[] = [
  {
    id: "asked",
    header: "Looked for",
    grow: true,
    phone: "lead",
    cell: ({ asked, kind }) =>
      asked === null ? (
        <span className="text-muted">{UNKEPT[kind]}</span>
      ) : (
        <span className="wrap-anywhere font-mono text-xs">{asked}</span>
      ),
  },
  {
    id: "found",
    header: "Found",
    cell: (search) => (
      <span title={search.tenants.join(", ")} className={search.found === 0 ? "text-muted" : undefined}>
        {whereText(search)}
      </span>
    ),
  },
  {
    id: "operator",
    header: "Operator",
    cell: ({ operator, mine }) => (
      <span title={operator.email}>
        {operator.name}
        {mine ? <span className="text-muted"> (you)</span> : null}
      </span>
    ),
  },
  { id: "at", header: "When", cell: ({ at }) => <RelativeTime at={at} /> },
];

/** What operators looked for in all tenants. */
export function SearchesView({
  searches,
  nextCursor,
}: {
  searches: readonly DeskSearch[];
  nextCursor: string | null;
}) {
  return (
    <>
      <PageHeader
        title="Searches"
        description="What operators looked for in all tenants. Nobody can change or remove it here."
      />
      <DeskLogTabs current="Searches" />
      {searches.length > 0 ? (
        <>
          <DataTable label="Searches" rows={searches} columns={COLUMNS} rowId={({ id }) => id} />
          <Pager nextCursor={nextCursor} />
        </>
      ) : (
        <EmptyState
          title="Nobody has looked for anything yet"
          body="Each search of the support desk is listed here, with who asked and in which tenants something was found."
          action={<LinkButton href={paths.support()}>Find something</LinkButton>}
        />
      )}
    </>
  );
}
