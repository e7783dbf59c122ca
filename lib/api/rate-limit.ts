/** How one request stands to its limit. */
export type Taken = {
  allowed: boolean;
  /** What is left now. */
  remaining: number;
  /** Until what is left is enough (refused), or is the whole again. */
  waitSeconds: number;
};

/** About 10 MB at worst; beyond it, those who asked longest ago are forgotten. Theirs are full again by then. */
const MOST_SUBJECTS = 50_000;
const MINUTE_MS = 60_000;

/**
 * Token buckets, one for each subject: it holds a minute's worth, refills steadily, and lets through what it can pay
 * for. Buckets live in this process: N console processes let a subject do up to N times as much, and a restart
 * forgets. `now` is in milliseconds of a clock that is never set back.
 */
export function createRateLimit(perMinute: number, mostSubjects = MOST_SUBJECTS) {
  const buckets = new Map<string, { level: number; at: number }>();

  return {
    perMinute,
    /** Pays `cost` from the subject's bucket, or nothing when there is less in it. */
    take(subject: string, cost: number, now: number): Taken {
      const before = buckets.get(subject);
      const level = before
        ? Math.min(perMinute, before.level + ((now - before.at) / MINUTE_MS) * perMinute)
        : perMinute;
      // Dearer than the whole bucket would be refused for ever.
      const price = Math.min(cost, perMinute);
      const allowed = level >= price;
      const left = allowed ? level - price : level;
      // Taken out and put in again, so that the map is in the order of last use.
      buckets.delete(subject);
      if (buckets.size >= mostSubjects) buckets.delete(buckets.keys().next().value as string);
      buckets.set(subject, { level: left, at: now });
      const missing = allowed ? perMinute - left : price - left;
      return {
        allowed,
        remaining: Math.floor(left),
        waitSeconds: Math.max(1, Math.ceil((missing / perMinute) * 60)),
      };
    },
    size: () => buckets.size,
  };
}

export type RateLimit = ReturnType<typeof createRateLimit>;

/** The same two headers that the gateway's limited routes send (draft-ietf-httpapi-ratelimit-headers-10). */
export const rateLimitHeaders = (name: string, perMinute: number, taken: Taken): Record<string, string> => ({
  "ratelimit-policy": `"${name}";q=${perMinute};w=60`,
  ratelimit: `"${name}";r=${taken.remaining};t=${taken.waitSeconds}`,
});
