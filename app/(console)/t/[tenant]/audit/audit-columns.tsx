import type { Column } from "#components/table/data-table.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { actionWords } from "#lib/audit-log/rules.ts";
import type { AuditEntry } from "#lib/audit-log/schema.ts";

/** What an entry says, as a sentence: who did what to what. */
export function Sentence({ entry }: { entry: AuditEntry }) {
  const { actor, action, target } = entry;
  return (
    <>
      <span className="font-medium">{actor.label}</span>{" "}
      <span className="font-normal text-muted">{actionWords(action)}</span>
      {target.name ? <span className="font-medium"> {target.name}</span> : null}
    </>
  );
}

/** What one sees of an entry in a list. */
export const AUDIT_COLUMNS: readonly Column<AuditEntry>[] = [
  { id: "at", header: "When", cell: (entry) => <RelativeTime at={entry.at} /> },
  {
    id: "what",
    header: "What happened",
    grow: true,
    phone: "lead",
    cell: (entry) => (
      <span className="max-sm:wrap-anywhere">
        <Sentence entry={entry} />
        {/* A line of its own for every reason, also for none, would double the list on a phone. */}
        {entry.reason ? (
          <span className="block font-normal text-muted sm:hidden">“{entry.reason}”</span>
        ) : null}
      </span>
    ),
  },
  {
    id: "reason",
    header: "Reason",
    phone: "hide",
    cell: (entry) => (
      <span className="flex items-center gap-1.5">
        {entry.supportSessionId ? <Badge tone="warn">support</Badge> : null}
        {entry.reason ? (
          <span className="inline-block max-w-56 truncate align-middle" title={entry.reason}>
            {entry.reason}
          </span>
        ) : (
          <span className="text-muted">
            <span aria-hidden>–</span>
            <span className="sr-only">none given</span>
          </span>
        )}
      </span>
    ),
  },
  { id: "action", header: "Action", mono: true, phone: "hide", cell: (entry) => entry.action },
  {
    id: "ip",
    header: "From",
    mono: true,
    cell: (entry) => entry.ip || <span className="font-sans text-muted">Gatehouse itself</span>,
  },
];
