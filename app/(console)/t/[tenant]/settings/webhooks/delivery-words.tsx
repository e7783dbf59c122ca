import { StatusBadge } from "#components/ui/badge.tsx";
import type { DeliveryState } from "#lib/contract/webhooks.ts";

/** How a delivery stands. */
export function DeliveryStatus({ state, attempts }: { state: DeliveryState; attempts: number }) {
  switch (state) {
    case "waiting":
      return attempts > 0 ? (
        <StatusBadge status="retrying" word="On its way" />
      ) : (
        <StatusBadge status="queued" word="On its way" />
      );
    case "delivered":
      return <StatusBadge status="succeeded" word="Delivered" />;
    case "failed":
      return <StatusBadge status="failed" word="Given up" />;
    case "cancelled":
      return <StatusBadge status="cancelled" word="Called off" />;
  }
}

/** What the last attempt came to. */
export const answerText = (last: { status: number | null; error: string | null } | null): string => {
  if (!last) return "Not sent yet";
  return last.error ?? `The answer was ${last.status}.`;
};

export const attemptsText = (attempts: number): string =>
  attempts === 1 ? "1 attempt" : `${attempts} attempts`;
