import type { z } from "zod";
import { durationText } from "#components/ui/relative-time-text.ts";
import type { propagationSchema } from "#lib/publishing/schema.ts";

export type Propagation = z.output<typeof propagationSchema>;
export type GatewayReach = Propagation["gateways"][number];

/** How long after publishing a gateway began to serve, in milliseconds; null while it does not. */
export function reachedAfter(propagation: Propagation, gateway: GatewayReach): number | null {
  if (!gateway.since) return null;
  // Both clocks are PostgreSQL's, but a gateway's is read in another transaction.
  return Math.max(0, Date.parse(gateway.since) - Date.parse(propagation.publishedAt));
}

/** Whether nothing more is to come: every gateway serves it, refused it, or went on to a later revision. */
export function isSettled({ gateways }: Propagation): boolean {
  return gateways.length > 0 && gateways.every((gateway) => gateway.state !== "waiting");
}

/** "r4 live on 2 of 2 in 12 ms": the slowest gateway counts, and the time is named once all of them serve. */
export function propagationText(propagation: Propagation): string {
  const name = `r${propagation.number}`;
  const { gateways } = propagation;
  if (gateways.length === 0) return `${name} is published, but no gateway is running`;
  const times = gateways.flatMap((gateway) => reachedAfter(propagation, gateway) ?? []);
  const all = times.length === gateways.length;
  return `${name} live on ${times.length} of ${gateways.length}${all ? ` in ${durationText(Math.max(...times))}` : ""}`;
}
