"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { Role } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import { eventWords } from "#lib/webhooks/rules.ts";
import type { DeliveryView } from "#lib/webhooks/schema.ts";
import {
  attemptsText,
  DeliveryStatus,
  NextAttempt,
  progressText,
} from "../../settings/webhooks/delivery-words.tsx";

const DeliveryPanel = fetchedAhead(() =>
  import("../../settings/webhooks/delivery-panel.tsx").then((module) => module.DeliveryPanel),
);

type Props = {
  tenant: { slug: string; role: Role };
  /** Its state tells when there is something new to ask for. */
  job: { id: string; state: string };
};

/** Who was told what became of a job, each delivery with its attempts behind it. */
export function JobDeliveries({ tenant, job }: Props) {
  const [shown, setShown] = useState<string | null>(null);
  const query = useQuery({
    queryKey: ["job-deliveries", tenant.slug, job.id, job.state],
    queryFn: ({ signal }) =>
      api.get<DeliveryView[]>(`/tenants/${encodeURIComponent(tenant.slug)}/jobs/${job.id}/deliveries`, {
        signal,
      }),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) =>
      state.data?.some((delivery) => delivery.state === "waiting") ? 1_000 : 10_000,
  });
  const deliveries = query.data;
  return (
    <Section title="Webhooks">
      <ErrorNotice error={query.error} />
      {deliveries === undefined ? (
        query.error ? null : (
          <Skeleton className="h-10" />
        )
      ) : deliveries.length === 0 ? (
        <p className="border-y py-3 text-muted">
          Nobody was told of this job. Who is, is set under{" "}
          <TextLink href={paths.webhooks(tenant.slug)}>Webhooks</TextLink>.
        </p>
      ) : (
        <ul className="border-t">
          {deliveries.map((delivery) => (
            <li
              key={delivery.id}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b py-2 sm:flex-nowrap"
            >
              <DeliveryStatus state={delivery.state} failed={delivery.last?.error != null} />
              <div className="min-w-0 flex-1 max-sm:order-last max-sm:basis-full">
                <p className="truncate" title={delivery.endpoint.url}>
                  <span className="font-medium">{eventWords(delivery.eventType)}</span>{" "}
                  <span className="text-muted">
                    to {delivery.endpoint.description || delivery.endpoint.url}
                  </span>
                </p>
                <p className="text-muted text-xs">
                  {progressText(delivery)} {attemptsText(delivery.attempts)}
                  {delivery.nextAt && delivery.attempts > 0 ? (
                    <>
                      , the next <NextAttempt at={delivery.nextAt} />
                    </>
                  ) : null}
                  {delivery.finishedAt ? (
                    <>
                      , <RelativeTime at={delivery.finishedAt} />
                    </>
                  ) : null}
                </p>
              </div>
              <Button
                size="small"
                variant="quiet"
                className="max-sm:ml-auto"
                aria-label={`See details: ${eventWords(delivery.eventType)} to ${delivery.endpoint.url}`}
                onClick={() => setShown(delivery.id)}
              >
                Details
              </Button>
            </li>
          ))}
        </ul>
      )}
      {shown ? (
        <DeliveryPanel tenant={tenant.slug} role={tenant.role} id={shown} onClose={() => setShown(null)} />
      ) : null}
    </Section>
  );
}
