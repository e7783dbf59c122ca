import type { Gateways, Instance } from "#lib/gateways/schema.ts";

export type LiveState = {
  tone: "neutral" | "ok" | "warn" | "bad";
  /** What is true, in the pill: on how many gateways, and the one thing that is amiss. */
  text: string;
  /** What it means, on hover and for screen readers. */
  detail: string;
};

const list = (names: readonly string[]) =>
  names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");

/** "gw-2 silent", or "3 silent" when one name would not say it all. */
const who = (instances: readonly Instance[], what: string) =>
  instances.length === 1 ? `${instances[0]?.name} ${what}` : `${instances.length} ${what}`;

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
  const refusing = gateways.filter((one) => one.refused === liveRevision && one.status === "up");
  const silent = gateways.filter((one) => one.status === "silent");
  const behind = gateways.filter(
    (one) => one.status === "up" && one.revision !== liveRevision && one.refused !== liveRevision,
  );
  const parts: { amiss: string; detail: string }[] = [];
  if (refusing.length > 0) {
    parts.push({
      amiss: who(refusing, `refused ${name}`),
      detail: `${list(refusing.map((one) => one.name))} refused ${name} and keeps serving what it had: ${refusing[0]?.error ?? "no reason given"}`,
    });
  }
  if (silent.length > 0) {
    parts.push({
      amiss: who(silent, "silent"),
      detail: `Not heard from lately: ${list(silent.map((one) => one.name))}. It may still serve an older revision.`,
    });
  }
  if (behind.length > 0) {
    const older = behind.length === 1 && behind[0]?.revision ? `on r${behind[0].revision}` : "not there yet";
    parts.push({
      amiss: who(behind, older),
      detail: `Still on an older revision: ${list(behind.map((one) => one.name))}.`,
    });
  }
  const text = `${name} live on ${serving.length} of ${gateways.length}`;
  if (parts.length === 0)
    return { tone: "ok", text, detail: `Every gateway serves revision ${liveRevision}.` };
  return {
    tone: refusing.length > 0 || serving.length === 0 ? "bad" : "warn",
    text: `${text} · ${parts[0]?.amiss}`,
    detail: parts.map(({ detail }) => detail).join(" "),
  };
}
