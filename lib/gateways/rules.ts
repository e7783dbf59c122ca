/**
 * How late a report makes a process silent. Gateways report every second; five misses are more than a long compile or
 * a slow disk. Workers report every five seconds.
 */
export const SILENT_AFTER_MS = { gateway: 5_000, worker: 15_000 } as const;
