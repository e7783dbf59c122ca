import { StatusBadge } from "#components/ui/badge.tsx";
import type { DeliveryState } from "#lib/contract/webhooks.ts";

/** How a delivery stands; `failed`: an attempt of it did, so the next one is a retry. */
export function DeliveryStatus({ state, failed }: { state: DeliveryState; failed: boolean }) {
  switch (state) {
    case "waiting":
      return failed ? <StatusBadge status="retrying" /> : <StatusBadge status="queued" word="On its way" />;
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
