import { durationText } from "#components/ui/relative-time-text.ts";
import type { Propagation } from "#lib/publishing/schema.ts";

export type { Propagation } from "#lib/publishing/schema.ts";
export type GatewayReach = Propagation["gateways"][number];

/** Whether nothing more is to come: every gateway serves it, refused it, or went on to a later revision. */
export function isSettled({ gateways }: Propagation): boolean {
  const open = ["waiting", "silent"];
  return (
    gateways.length > 0 && gateways.every(({ state, silentMs }) => !open.includes(state) && silentMs === 0)
  );
}

/** "r4 live on 2 of 2 in 12 ms": the slowest gateway that was there counts, and the time is named once all serve. */
export function propagationText({ number, gateways }: Propagation): string {
  const name = `r${number}`;
  if (gateways.length === 0) return `${name} is published, but no gateway is running`;
  const serving = gateways.filter(({ state, silentMs }) => state === "serving" && silentMs === 0);
  const all = serving.length === gateways.length;
  const times = serving.flatMap(({ afterMs }) => (afterMs === null ? [] : [afterMs]));
  const timed = all && times.length > 0 ? ` in ${durationText(Math.max(...times))}` : "";
  return `${name} live on ${serving.length} of ${gateways.length}${timed}`;
}

/** What one gateway has said, or that it says nothing. */
export function reachText(gateway: GatewayReach): string {
  const { state, afterMs, silentMs, revision, error } = gateway;
  const words: string[] = [];
  if (state === "serving") words.push(afterMs === null ? "live" : `after ${durationText(afterMs)}`);
  if (state === "refused") {
    words.push(error ?? "It gave no reason.");
    words.push(revision === null ? "It serves nothing." : `It keeps serving r${revision}.`);
  }
  if (state === "superseded") words.push(`serves r${revision} by now`);
  if (state === "waiting") words.push(revision === null ? "has not answered yet" : `still on r${revision}`);
  if (silentMs > 0) {
    const served = state === "silent" && revision !== null ? `, last known to serve r${revision}` : "";
    words.push(`silent for ${durationText(silentMs)}${served}`);
  }
  return words.join(" · ");
}
