import { Ban, CircleCheck, KeyRound, PencilLine, ScrollText, Send, Trash2 } from "lucide-react";
import type { Column } from "#components/table/data-table.tsx";
import { RowMenu } from "#components/ui/menu.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { paths } from "#lib/paths.ts";
import { eventWords, whyNotSend } from "#lib/webhooks/rules.ts";
import type { EndpointView } from "#lib/webhooks/schema.ts";
import { DeliveryStatus } from "./delivery-words.tsx";
import { EndpointStatus, EndpointTrouble } from "./endpoint-status.tsx";

export type EndpointAction = "edit" | "test" | "rotate" | "disable" | "enable" | "delete";
type Options = {
  tenant: string;
  refusal: string | null;
  onAct: (action: EndpointAction, endpoint: EndpointView) => void;
};

/** What people call an endpoint: what they wrote, else its address. */
export const endpointName = ({ description, url }: { description: string; url: string }): string =>
  description || url;

const eventsText = ({ events }: EndpointView) => events.map(eventWords).join(", ");
const ICON = { "aria-hidden": true, size: 14 } as const;

/** What can be done with an endpoint, with the reason where it cannot. */
export function endpointActions(
  endpoint: EndpointView,
  { refusal, onAct }: Pick<Options, "refusal" | "onAct">,
) {
  const act = (action: EndpointAction) => () => onAct(action, endpoint);
  return [
    { label: "Edit webhook", icon: <PencilLine {...ICON} />, disabledReason: refusal, onSelect: act("edit") },
    {
      label: "Send test",
      icon: <Send {...ICON} />,
      disabledReason: refusal ?? whyNotSend(endpoint),
      onSelect: act("test"),
    },
    {
      label: "Rotate secret",
      icon: <KeyRound {...ICON} />,
      disabledReason:
        refusal ?? (endpoint.kind === "chat" ? "A chat's address is its secret; edit it instead." : null),
      onSelect: act("rotate"),
    },
    endpoint.enabled
      ? {
          label: "Disable webhook",
          icon: <Ban {...ICON} />,
          disabledReason: refusal,
          onSelect: act("disable"),
        }
      : {
          label: "Enable webhook",
          icon: <CircleCheck {...ICON} />,
          disabledReason: refusal,
          onSelect: act("enable"),
        },
    null,
    {
      label: "Delete webhook",
      icon: <Trash2 {...ICON} />,
      danger: true,
      disabledReason: refusal,
      onSelect: act("delete"),
    },
  ];
}

export const webhookColumns = ({ tenant, refusal, onAct }: Options): Column<EndpointView>[] => [
  {
    id: "status",
    header: "Status",
    phone: "lead",
    cell: (endpoint) => <EndpointStatus endpoint={endpoint} />,
  },
  {
    id: "endpoint",
    header: "Webhook",
    phone: "lead",
    grow: true,
    cell: (endpoint) => (
      <span className="block min-w-0 py-1">
        <span className="block truncate" title={endpointName(endpoint)}>
          {endpointName(endpoint)}
        </span>
        {endpoint.description ? (
          <span className="block truncate font-mono font-normal text-muted text-xs" title={endpoint.url}>
            {endpoint.url}
          </span>
        ) : null}
        <span className="block whitespace-normal font-normal text-bad text-xs">
          <EndpointTrouble endpoint={endpoint} />
        </span>
      </span>
    ),
  },
  {
    id: "events",
    header: "Told when",
    cell: (endpoint) => (
      <span className="block max-w-64 truncate" title={eventsText(endpoint)}>
        {eventsText(endpoint)}
      </span>
    ),
  },
  {
    id: "last",
    header: "Last delivery",
    cell: ({ lastDelivery, waiting }) =>
      lastDelivery ? (
        <span className="inline-flex items-center gap-x-2 gap-y-1 max-sm:flex-wrap">
          <DeliveryStatus state={lastDelivery.state} failed={lastDelivery.error !== null} />
          <RelativeTime at={lastDelivery.at} />
          {waiting > 1 ? (
            <span className="text-muted">{waiting < 1_000 ? waiting : "1,000+"} on their way</span>
          ) : null}
        </span>
      ) : (
        <span className="text-muted">none yet</span>
      ),
  },
  {
    id: "actions",
    header: "Actions",
    hideHeader: true,
    align: "end",
    phone: "lead",
    cell: (endpoint) => (
      <RowMenu
        of={endpointName(endpoint)}
        items={[
          {
            label: "See deliveries",
            icon: <ScrollText {...ICON} />,
            href: paths.webhook(tenant, endpoint.id),
          },
          ...endpointActions(endpoint, { refusal, onAct }),
        ]}
      />
    ),
  },
];
