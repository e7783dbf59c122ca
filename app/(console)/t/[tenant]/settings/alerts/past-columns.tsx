import type { Column } from "#components/table/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { durationText } from "#components/ui/relative-time-text.ts";
import type { AlertView } from "#lib/alerts/schema.ts";

const lasted = ({ openedAt, resolvedAt }: AlertView) =>
  resolvedAt ? durationText(Math.max(0, Date.parse(resolvedAt) - Date.parse(openedAt))) : "";

export const pastColumns: readonly Column<AlertView>[] = [
  { id: "opened", header: "Began", phone: "lead", cell: ({ openedAt }) => <RelativeTime at={openedAt} /> },
  {
    id: "name",
    header: "Alert",
    phone: "lead",
    grow: true,
    cell: ({ name, summary }) => (
      <span title={summary}>
        <span className="font-medium">{name}</span> <span className="text-muted">{summary}</span>
      </span>
    ),
  },
  { id: "lasted", header: "Lasted", cell: lasted },
  {
    id: "acknowledged",
    header: "Acknowledged by",
    cell: ({ acknowledgedBy }) => acknowledgedBy ?? <span className="text-muted">nobody</span>,
  },
];
