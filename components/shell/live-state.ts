import type { Gateways } from "#lib/gateways/schema.ts";

export type LiveState = {
  tone: "neutral" | "ok" | "warn" | "bad";
  /** What is true, in the pill. */
  text: string;
  /** What it means, on hover and for screen readers. */
  detail: string;
};

const list = (names: readonly string[]) =>
  names.slice(0, 3).join(", ") + (names.length > 3 ? " and more" : "");

/**
 * What is true of the gateways now. Stopped instances and workers do not count; a silent one counts, since it may
 * still be answering callers with what it last loaded.
 */
export function liveState({ liveRevision, instances }: Gateways): LiveState {
  if (liveRevision === null) {
    return {
      tone: "neutral",
      text: "Nothing published",
      detail: "No route answers callers until the first publish.",
    };
  }
  const name = `r${liveRevision}`;
  const gateways = instances.filter((one) => one.kind === "gateway" && one.status !== "stopped");
  if (gateways.length === 0) {
    return {
      tone: "bad",
      text: `${name} on no gateway`,
      detail: "No gateway is running, so callers get no answer.",
    };
  }
  const serving = gateways.filter((one) => one.revision === liveRevision && one.status === "up");
  const refusing = gateways.filter((one) => one.refused === liveRevision);
  const silent = gateways.filter((one) => one.status === "silent");
  const text = `${name} live on ${serving.length} of ${gateways.length}`;
  if (refusing.length > 0) {
    return {
      tone: "bad",
      text,
      detail: `${list(refusing.map((one) => one.name))} refused ${name} and keeps serving what it had: ${refusing[0]?.error ?? "no reason given"}`,
    };
  }
  if (silent.length > 0) {
    return {
      tone: "warn",
      text,
      detail: `Not heard from lately: ${list(silent.map((one) => one.name))}. It may still serve an older revision.`,
    };
  }
  if (serving.length < gateways.length) {
    const waiting = gateways.filter((one) => one.revision !== liveRevision);
    return {
      tone: "warn",
      text,
      detail: `Still on an older revision: ${list(waiting.map((one) => one.name))}.`,
    };
  }
  return { tone: "ok", text, detail: `Every gateway serves revision ${liveRevision}.` };
}
