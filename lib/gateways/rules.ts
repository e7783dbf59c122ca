import type { Instance } from "./schema.ts";

/**
 * How late a report makes a process silent. Gateways report every second; five misses are more than a long compile or
 * a slow disk. Workers report every five seconds.
 */
export const SILENT_AFTER_MS = { gateway: 5_000, worker: 15_000 } as const;

/** How the running gateways count rate limits, in words; what a limit means depends on it. */
export function limitsNote(instances: readonly Pick<Instance, "kind" | "status" | "limits">[]): {
  tone: "neutral" | "warn";
  text: string;
} {
  const up = instances.filter(({ kind, status }) => kind === "gateway" && status === "up");
  const away = up.filter(({ limits }) => limits === "fallback").length;
  const own = up.filter(({ limits }) => limits === "own").length;
  if (up.length === 0)
    return { tone: "neutral", text: "No gateway is running, so nothing counts rate limits." };
  if (away > 0) {
    const text = `Redis does not answer ${away} of ${up.length}: until it does, each of them counts rate limits on its own.`;
    return { tone: "warn", text };
  }
  if (own === 0)
    return { tone: "neutral", text: "Rate limits are counted together by all gateways, in Redis." };
  if (own < up.length) {
    const text = `${own} of ${up.length} gateways count rate limits on their own and the others together: give all the same REDIS_URL.`;
    return { tone: "warn", text };
  }
  const times =
    up.length === 1 ? "" : ` With ${up.length} of them a caller gets up to ${up.length} times a limit.`;
  return { tone: "neutral", text: `Each gateway counts rate limits on its own.${times}` };
}
