import type { Column } from "#components/table/data-table.tsx";
import { Button } from "#components/ui/button.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { paths } from "#lib/paths.ts";
import { eventWords } from "#lib/webhooks/rules.ts";
import type { DeliveryView } from "#lib/webhooks/schema.ts";
import { attemptsText, DeliveryStatus, NextAttempt, progressText } from "../delivery-words.tsx";

type Options = { tenant: string; onOpen: (id: string) => void };

export const deliveryColumns = ({ tenant, onOpen }: Options): Column<DeliveryView>[] => [
  {
    id: "state",
    header: "State",
    phone: "lead",
    cell: ({ state, last }) => <DeliveryStatus state={state} failed={last?.error != null} />,
  },
  {
    id: "event",
    header: "Event",
    phone: "lead",
    cell: ({ eventType, jobId }) => (
      <span>
        <span className="font-medium">{eventWords(eventType)}</span>
        {jobId ? (
          <>
            {" "}
            <TextLink href={paths.job(tenant, jobId)}>See job</TextLink>
          </>
        ) : null}
      </span>
    ),
  },
  {
    id: "answer",
    header: "Last answer",
    grow: true,
    cell: (delivery) => (
      <span title={progressText(delivery)}>
        {progressText(delivery)}
        {delivery.nextAt && delivery.attempts > 0 ? (
          <span className="text-muted">
            {" "}
            The next attempt <NextAttempt at={delivery.nextAt} />.
          </span>
        ) : null}
      </span>
    ),
  },
  { id: "attempts", header: "Attempts", phone: "hide", cell: ({ attempts }) => attemptsText(attempts) },
  { id: "at", header: "Made", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  {
    id: "actions",
    header: "Actions",
    hideHeader: true,
    align: "end",
    phone: "lead",
    cell: ({ id, eventType }) => (
      <Button
        size="small"
        variant="quiet"
        aria-label={`See details: ${eventWords(eventType)}`}
        onClick={() => onOpen(id)}
      >
        Details
      </Button>
    ),
  },
];
