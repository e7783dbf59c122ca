import { collectDefaultMetrics, Registry } from "prom-client";

/** Upper bounds of the duration's buckets, in milliseconds. */
const BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/** What is looked up when somebody asks, by metric name. */
export type Gauges = Record<string, { help: string; type: "gauge" | "counter"; value: () => number }>;

const bump = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
const reasonOf = (message: string) =>
  message
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");

/**
 * Counts for Prometheus. A request costs a few additions; no label is something that a caller or a tenant can choose,
 * so the number of series is fixed.
 */
export function createMetrics() {
  /** By the first digit of the status. */
  const statuses: number[] = [0, 0, 0, 0, 0, 0];
  const codes = new Map<string, number>();
  const malformed = new Map<string, number>();
  const targets = new Map<string, number>();
  const durations = new Array<number>(BUCKETS.length + 1).fill(0);
  let durationSum = 0;
  let finished = 0;
  let gauges: Gauges = {};
  let registry: Registry | null = null;

  function counters(name: string, help: string, label: string, counts: ReadonlyMap<string, number>): string {
    const lines = [...counts].map(([value, count]) => `${name}{${label}="${value}"} ${count}`);
    return [`# HELP ${name} ${help}`, `# TYPE ${name} counter`, ...lines].join("\n");
  }

  const byClass = () =>
    new Map(statuses.flatMap((count, kind): [string, number][] => (count > 0 ? [[`${kind}xx`, count]] : [])));

  function histogram(): string {
    const name = "gatehouse_gateway_request_duration_seconds";
    let below = 0;
    const lines = BUCKETS.map((bound, index) => {
      below += durations[index] as number;
      return `${name}_bucket{le="${bound / 1_000}"} ${below}`;
    });
    return [
      `# HELP ${name} From the request's head to the end of its answer.`,
      `# TYPE ${name} histogram`,
      ...lines,
      `${name}_bucket{le="+Inf"} ${finished}`,
      `${name}_sum ${durationSum / 1_000}`,
      `${name}_count ${finished}`,
    ].join("\n");
  }

  return {
    /**
     * Counts one request whose answer has ended: the gateway's own error code, if it was one, and the kind of
     * target that failed, if one did.
     */
    count(status: number, code: string | null, durationMs: number, failedTarget: string | null): void {
      const kind = Math.floor(status / 100);
      statuses[kind] = (statuses[kind] ?? 0) + 1;
      if (code !== null) bump(codes, code);
      if (failedTarget !== null) bump(targets, failedTarget);
      let bucket = 0;
      while (bucket < BUCKETS.length && durationMs > (BUCKETS[bucket] as number)) bucket++;
      durations[bucket] = (durations[bucket] as number) + 1;
      durationSum += durationMs;
      finished++;
    },
    /** Counts something that was no request, or not a well-formed one, under the words it was refused with. */
    malformed: (message: string) => bump(malformed, reasonOf(message)),
    /** What is looked up only when somebody asks. */
    watch(more: Gauges): void {
      gauges = { ...gauges, ...more };
    },
    /** Everything in the text format of Prometheus. */
    async text(): Promise<string> {
      if (!registry) {
        registry = new Registry();
        collectDefaultMetrics({ register: registry });
      }
      const looked = Object.entries(gauges).map(([name, { help, type, value }]) =>
        [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value()}`].join("\n"),
      );
      return `${[
        counters("gatehouse_gateway_requests_total", "Requests by class of status.", "status", byClass()),
        counters("gatehouse_gateway_errors_total", "The gateway's own errors by code.", "code", codes),
        counters("gatehouse_gateway_malformed_total", "Malformed requests by reason.", "reason", malformed),
        counters("gatehouse_gateway_target_errors_total", "Targets that failed, by kind.", "target", targets),
        histogram(),
        ...looked,
        (await registry.metrics()).trimEnd(),
      ].join("\n")}\n`;
    },
  };
}
export type Metrics = ReturnType<typeof createMetrics>;
