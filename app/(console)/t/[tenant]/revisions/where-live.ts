import type { Gateways } from "#lib/gateways/schema.ts";

/** "on 2 of 3", or which gateways still serve a past revision: where a revision is live. Null for nowhere. */
export function whereLive(number: number, gateways: Gateways | undefined): string | null {
  if (!gateways) return null;
  const running = gateways.instances.filter(({ kind, status }) => kind === "gateway" && status !== "stopped");
  const serving = running.filter(({ revision, status }) => revision === number && status === "up");
  if (number === gateways.liveRevision) return `on ${serving.length} of ${running.length}`;
  if (serving.length === 0) return null;
  return `still on ${serving
    .slice(0, 2)
    .map(({ name }) => name)
    .join(", ")}${serving.length > 2 ? ` and ${serving.length - 2} more` : ""}`;
}
