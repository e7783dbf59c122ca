import { Ban, CircleCheck, PencilLine, Trash2 } from "lucide-react";
import type { Column } from "#components/table/data-table.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { RowMenu } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { ruleText } from "#lib/alerts/rules.ts";
import type { AlertRuleView } from "#lib/alerts/schema.ts";
import { repeatText } from "./repeat.ts";

export type RuleAction = "edit" | "disable" | "enable" | "delete";
type Options = { refusal: string | null; onAct: (action: RuleAction, rule: AlertRuleView) => void };

const ICON = { "aria-hidden": true, size: 14 } as const;

function Status({ rule }: { rule: AlertRuleView }) {
  if (!rule.enabled) return <StatusBadge status="disabled" />;
  if (rule.alerting) return <StatusBadge status="failed" word="Alert" />;
  if (rule.late) return <StatusBadge status="silent" word="Not looked at" />;
  if (rule.evaluatedAt === null) return <StatusBadge status="pending" />;
  return <StatusBadge status="active" word="Quiet" />;
}

export const ruleColumns = ({ refusal, onAct }: Options): Column<AlertRuleView>[] => [
  { id: "status", header: "Status", phone: "lead", cell: (rule) => <Status rule={rule} /> },
  {
    id: "rule",
    header: "Rule",
    phone: "lead",
    grow: true,
    cell: (rule) => (
      <span className="block min-w-0 py-1">
        <span className="block truncate font-medium" title={rule.name}>
          {rule.name}
        </span>
        <span className="block whitespace-normal text-muted text-xs">{ruleText(rule)}</span>
      </span>
    ),
  },
  { id: "repeat", header: "Repeated", cell: ({ repeatMinutes }) => repeatText(repeatMinutes) },
  {
    id: "evaluated",
    header: "Last looked at",
    cell: ({ enabled, evaluatedAt }) =>
      enabled ? (
        <RelativeTime at={evaluatedAt} none="not yet" />
      ) : (
        <span className="text-muted">switched off</span>
      ),
  },
  {
    id: "actions",
    header: "Actions",
    hideHeader: true,
    align: "end",
    phone: "lead",
    cell: (rule) => (
      <RowMenu
        of={rule.name}
        items={[
          {
            label: "Edit rule",
            icon: <PencilLine {...ICON} />,
            disabledReason: refusal,
            onSelect: () => onAct("edit", rule),
          },
          rule.enabled
            ? {
                label: "Disable rule",
                icon: <Ban {...ICON} />,
                disabledReason: refusal,
                onSelect: () => onAct("disable", rule),
              }
            : {
                label: "Enable rule",
                icon: <CircleCheck {...ICON} />,
                disabledReason: refusal,
                onSelect: () => onAct("enable", rule),
              },
          null,
          {
            label: "Delete rule",
            icon: <Trash2 {...ICON} />,
            danger: true,
            disabledReason: refusal,
            onSelect: () => onAct("delete", rule),
          },
        ]}
      />
    ),
  },
];
