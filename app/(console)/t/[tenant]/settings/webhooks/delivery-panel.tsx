"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import type { JsonValue } from "#components/code/json-rows.ts";
import { JsonView } from "#components/code/json-view.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { SidePanel } from "#components/ui/dialog.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Facts } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { durationText } from "#components/ui/relative-time-text.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import { eventWords, whyNotRedeliver } from "#lib/webhooks/rules.ts";
import type { DeliveryAttempt, DeliveryDetail } from "#lib/webhooks/schema.ts";
import { DeliveryStatus, NextAttempt } from "./delivery-words.tsx";
import { endpointName } from "./webhook-columns.tsx";

type Props = { tenant: string; role: Role; id: string; onClose: () => void };

/** One delivery with every attempt and what was sent; sends it again. */
export function DeliveryPanel({ tenant, role, id, onClose }: Props) {
  const client = useQueryClient();
  const path = `/tenants/${encodeURIComponent(tenant)}/deliveries/${id}`;
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const query = useQuery({
    queryKey: ["delivery", tenant, id],
    queryFn: ({ signal }) => api.get<DeliveryDetail>(path, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === "waiting" ? 1_000 : false),
  });
  const delivery = query.data;
  const redeliver = async () => {
    setBusy(true);
    setError(null);
    try {
      client.setQueryData(["delivery", tenant, id], await api.post<DeliveryDetail>(`${path}/redeliver`));
      toast.success("On its way");
      await Promise.all([
        client.invalidateQueries({ queryKey: ["webhooks", tenant] }),
        client.invalidateQueries({ queryKey: ["job-deliveries", tenant] }),
      ]);
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <SidePanel
      open
      onClose={onClose}
      size="large"
      title={delivery ? eventWords(delivery.eventType) : "Delivery"}
      description={delivery ? endpointName(delivery.endpoint) : undefined}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            icon={<RotateCw aria-hidden size={14} />}
            loading={busy}
            disabledReason={
              whyNot(role, "job.act") ?? (delivery ? whyNotRedeliver(delivery) : "It is being loaded.")
            }
            onClick={redeliver}
          >
            {delivery?.state === "waiting" ? "Send now" : "Send again"}
          </Button>
        </>
      }
    >
      <ErrorNotice error={error ?? query.error} />
      {delivery ? <Story delivery={delivery} /> : query.error ? null : <Skeleton className="h-64" />}
    </SidePanel>
  );
}

function Story({ delivery }: { delivery: DeliveryDetail }) {
  const { state, attempts, nextAt, eventId, createdAt, attemptLog, body, endpoint } = delivery;
  return (
    <div className="space-y-6">
      <Facts
        items={[
          {
            name: "State",
            value: (
              <span role="status" className="inline-flex items-center gap-2">
                <DeliveryStatus state={state} failed={attemptLog[0]?.error != null} />
                {nextAt && attempts > 0 ? (
                  <>
                    the next attempt <NextAttempt at={nextAt} />
                  </>
                ) : null}
              </span>
            ),
          },
          { name: "webhook-id", value: <CopyId value={eventId} label="event ID" /> },
          { name: "Address", value: <code className="break-all font-mono text-xs">{endpoint.url}</code> },
          { name: "Made", value: <RelativeTime at={createdAt} /> },
        ]}
      />
      <section>
        <h3 className="mb-2 font-semibold">Attempts</h3>
        {attemptLog.length === 0 ? (
          <p className="border-y py-3 text-muted">
            None yet. A worker takes it within a second or two; if none does, no worker runs.
          </p>
        ) : (
          <ol className="border-t">
            {attemptLog.map((attempt) => (
              <Attempt key={attempt.number} attempt={attempt} />
            ))}
          </ol>
        )}
      </section>
      <section>
        <h3 className="mb-2 font-semibold">What was sent</h3>
        <JsonView value={JSON.parse(body) as JsonValue} label="Body" />
      </section>
    </div>
  );
}

function Attempt({ attempt }: { attempt: DeliveryAttempt }) {
  const { number, startedAt, durationMs, status, error, response } = attempt;
  return (
    <li className="space-y-1 border-b py-2">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-medium">Attempt {number}</span>
        <span className={error ? "text-bad" : "text-ok"}>
          {error ?? `Delivered: the answer was ${status}.`}
        </span>
        <span className="text-muted">
          <RelativeTime at={startedAt} />, {durationText(durationMs)}
        </span>
      </p>
      {response ? (
        <pre className="overflow-x-auto whitespace-pre-wrap break-all rounded-md bg-surface px-2 py-1 font-mono text-xs">
          {response}
        </pre>
      ) : null}
    </li>
  );
}
