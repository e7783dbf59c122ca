import type { RateLimit } from "#lib/contract/route.ts";

export const WINDOW_MS = 60_000;
const SWEEP_MS = 30_000;
/** About 100 MB at worst; beyond it the subjects seen first are forgotten, in favour of those who ask now. */
const MAX_SUBJECTS = 500_000;

type Window = { endsAt: number; count: number };
export type LimitState = { limited: boolean; remaining: number; resetSeconds: number };

/**
 * Counts requests per route and subject (an address or a key) in windows of a minute that begin with the subject's
 * first request. Counts live in this process: with N gateways a subject gets up to N times the limit.
 */
export function createRateLimiter() {
  const windows = new Map<string, Window>();
  let sweptAt = 0;

  /** Over, or of a time that has not come: the clock was set back, and nobody has to wait for it twice. */
  const isOver = (window: Window, now: number) => window.endsAt <= now || window.endsAt > now + WINDOW_MS;

  function sweep(now: number): void {
    sweptAt = now;
    for (const [subject, window] of windows) if (isOver(window, now)) windows.delete(subject);
  }

  function state(window: Window | undefined, limit: RateLimit, now: number): LimitState {
    if (!window || isOver(window, now)) {
      return { limited: false, remaining: limit.requestsPerMinute, resetSeconds: WINDOW_MS / 1_000 };
    }
    return {
      limited: window.count > limit.requestsPerMinute,
      remaining: Math.max(0, limit.requestsPerMinute - window.count),
      resetSeconds: Math.max(1, Math.ceil((window.endsAt - now) / 1_000)),
    };
  }

  return {
    /** Counts one request. `now` is in milliseconds. */
    take(routeId: string, subject: string, limit: RateLimit, now: number): LimitState {
      if (Math.abs(now - sweptAt) > SWEEP_MS) sweep(now);
      const id = `${routeId} ${subject}`;
      let window = windows.get(id);
      if (!window || isOver(window, now)) {
        windows.delete(id);
        if (windows.size >= MAX_SUBJECTS) windows.delete(windows.keys().next().value as string);
        window = { endsAt: now + WINDOW_MS, count: 0 };
        windows.set(id, window);
      }
      window.count++;
      return state(window, limit, now);
    },
    /** How things stand, without counting anything: for answers that were refused before their turn. */
    peek(routeId: string, subject: string, limit: RateLimit, now: number): LimitState {
      return state(windows.get(`${routeId} ${subject}`), limit, now);
    },
    /** Takes over what is known of a window from elsewhere, where all gateways count. */
    adopt(routeId: string, subject: string, limit: RateLimit, now: number, window: Window): LimitState {
      if (Math.abs(now - sweptAt) > SWEEP_MS) sweep(now);
      const id = `${routeId} ${subject}`;
      if (window.count > 0) {
        if (windows.size >= MAX_SUBJECTS && !windows.has(id)) {
          windows.delete(windows.keys().next().value as string);
        }
        windows.set(id, window);
      }
      return state(window.count > 0 ? window : undefined, limit, now);
    },
    size: () => windows.size,
  };
}
export type RateLimiter = ReturnType<typeof createRateLimiter>;

/** `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-10, as a flat header list. */
export function rateLimitHeaders(limit: RateLimit, state: LimitState): string[] {
  return [
    "RateLimit-Policy",
    `"${limit.per}";q=${limit.requestsPerMinute};w=60`,
    "RateLimit",
    `"${limit.per}";r=${state.remaining};t=${state.resetSeconds}`,
  ];
}
