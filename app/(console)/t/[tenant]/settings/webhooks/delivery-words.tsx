"use client";
import { useSyncExternalStore } from "react";
import { StatusBadge } from "#components/ui/badge.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { DeliveryState } from "#lib/contract/webhooks.ts";

/** How a delivery stands; `failed`: its last attempt did, so the next one is a retry. */
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

const never = () => () => {};

/**
 * When the next attempt is made, behind "the next": its time may have come while a receiver that hangs holds up the
 * others. The server does not say so, for its clock and the browser's differ.
 */
export function NextAttempt({ at }: { at: string }) {
  const here = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return here && Date.parse(at) < Date.now() ? "is due" : <RelativeTime at={at} />;
}

/** What the last attempt came to. */
export const answerText = (last: { status: number | null; error: string | null } | null): string => {
  if (!last) return "Not sent yet";
  return last.error ?? `The answer was ${last.status}.`;
};

type Told = {
  state: DeliveryState;
  attempts: number;
  nextAt: string | null;
  last: Parameters<typeof answerText>[0];
};

/** What came of a delivery so far, in a sentence: nothing is said of an attempt that has not ended. */
export const progressText = ({ state, attempts, nextAt, last }: Told): string =>
  state === "waiting" && attempts > 0 && nextAt === null
    ? `It is being sent.${last ? ` Before: ${answerText(last)}` : ""}`
    : answerText(last);

export const attemptsText = (attempts: number): string =>
  attempts === 1 ? "1 attempt" : `${attempts} attempts`;
