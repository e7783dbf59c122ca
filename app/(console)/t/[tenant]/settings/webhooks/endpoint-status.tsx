import { StatusBadge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { EndpointView } from "#lib/webhooks/schema.ts";

/** How an endpoint stands, in one word. */
export function EndpointStatus({ endpoint }: { endpoint: EndpointView }) {
  if (!endpoint.enabled) return <StatusBadge status="disabled" />;
  if (endpoint.problem) return <StatusBadge status="failed" word="Cannot sign" />;
  if (endpoint.failingSince) return <StatusBadge status="failed" word="Failing" />;
  return <StatusBadge status="active" />;
}

/** Why it stands like that, in a sentence; nothing while all is well. */
export function EndpointTrouble({ endpoint }: { endpoint: EndpointView }) {
  const { enabled, disabledReason, disabledAt, problem, failingSince, lastDelivery } = endpoint;
  if (!enabled && disabledReason === "gone") {
    return (
      <>
        Disabled <RelativeTime at={disabledAt} />: the receiver answered 410, it wants nothing more.
      </>
    );
  }
  if (!enabled && disabledReason === "failing") {
    return (
      <>
        Disabled <RelativeTime at={disabledAt} />: every attempt of five days failed.
      </>
    );
  }
  if (problem) return problem;
  if (!enabled) return null;
  if (!failingSince) return lastDelivery?.error ? `The last attempt: ${lastDelivery.error}` : null;
  return (
    <>
      Every attempt has failed since <RelativeTime at={failingSince} />; after five days it is disabled.
      {lastDelivery?.error ? ` The last: ${lastDelivery.error}` : ""}
    </>
  );
}
