import type { RateLimit } from "#lib/contract/route.ts";
import { HeaderLines } from "../header-lines.ts";

export const WINDOW_MS = 60_000;
const SWEEP_MS = 30_000;
/** About 100 MB at worst; beyond it the route with the most of them forgets those that it saw first. */
const MAX_SUBJECTS = 500_000;

type Window = { endsAt: number; count: number };
export type LimitState = { limited: boolean; remaining: number; resetSeconds: number };

/**
 * Whom a limit counts, and where: an address or a key, on one route of one tenant. The tenant is part of it, because a
 * route that was exported keeps its id wherever it is imported.
 */
export type Counted = { tenantId: string; routeId: string; subject: string };

/**
 * Counts requests per route and subject in windows of a minute that begin with the subject's first request. Counts
 * live in this process: with N gateways a subject gets up to N times the limit.
 */
export function createRateLimiter(maxSubjects = MAX_SUBJECTS) {
  // A map in a map in a map: one name put together from all three would be as long as 110 characters, and to hash and
  // compare them would cost each request more than three short looks do.
  const tenants = new Map<string, Map<string, Map<string, Window>>>();
  let size = 0;
  let sweptAt = 0;
  /** The windows of the route that had the most when it was last looked at: that is where a flood is. */
  let most = new Map<string, Window>();

  /** Over, or of a time that has not come: the clock was set back, and nobody has to wait for it twice. */
  const isOver = (window: Window, now: number) => window.endsAt <= now || window.endsAt > now + WINDOW_MS;

  function sweep(now: number): void {
    sweptAt = now;
    for (const [tenantId, routes] of tenants) {
      for (const [routeId, windows] of routes) {
        for (const [subject, window] of windows) if (isOver(window, now) && windows.delete(subject)) size--;
        if (windows.size > most.size) most = windows;
        if (windows.size === 0) routes.delete(routeId);
      }
      if (routes.size === 0) tenants.delete(tenantId);
    }
  }

  const find = ({ tenantId, routeId, subject }: Counted): Window | undefined =>
    tenants.get(tenantId)?.get(routeId)?.get(subject);

  /** Puts a window at the end of its route's. */
  function keep({ tenantId, routeId, subject }: Counted, window: Window): void {
    const routes = tenants.get(tenantId) ?? new Map<string, Map<string, Window>>();
    const windows = routes.get(routeId) ?? new Map<string, Window>();
    if (windows.delete(subject)) size--;
    // A flood of subjects pushes out its own: a quiet route keeps its counts, and has room for more.
    if (size >= maxSubjects) forgetFirst(most.size > 0 ? most : firstWindows());
    windows.set(subject, window);
    if (windows.size > most.size) most = windows;
    routes.set(routeId, windows);
    tenants.set(tenantId, routes);
    size++;
  }

  /** The first that are not empty; empty ones ahead of them go, so that nobody looks at them again. */
  function firstWindows(): Map<string, Window> | undefined {
    for (const [tenantId, routes] of tenants) {
      for (const [routeId, windows] of routes) {
        if (windows.size > 0) return windows;
        routes.delete(routeId);
      }
      tenants.delete(tenantId);
    }
    return undefined;
  }

  function forgetFirst(windows: Map<string, Window> | undefined): void {
    const first = windows?.keys().next().value;
    if (first !== undefined && windows?.delete(first)) size--;
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
    take(counted: Counted, limit: RateLimit, now: number): LimitState {
      if (Math.abs(now - sweptAt) > SWEEP_MS) sweep(now);
      let window = find(counted);
      if (!window || isOver(window, now)) {
        window = { endsAt: now + WINDOW_MS, count: 0 };
        keep(counted, window);
      }
      window.count++;
      return state(window, limit, now);
    },
    /** How things stand, without counting anything: for answers that were refused before their turn. */
    peek(counted: Counted, limit: RateLimit, now: number): LimitState {
      return state(find(counted), limit, now);
    },
    /** Takes over what is known of a window from elsewhere, where all gateways count. */
    adopt(counted: Counted, limit: RateLimit, now: number, window: Window): LimitState {
      if (Math.abs(now - sweptAt) > SWEEP_MS) sweep(now);
      if (window.count === 0) return state(undefined, limit, now);
      keep(counted, window);
      return state(window, limit, now);
    },
    size: () => size,
  };
}
export type RateLimiter = ReturnType<typeof createRateLimiter>;

/** `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-10, of one answer. */
export function rateLimitHeaders({ per, requestsPerMinute }: RateLimit, state: LimitState): HeaderLines {
  return HeaderLines.own(
    `RateLimit-Policy: "${per}";q=${requestsPerMinute};w=60\r\n` +
      `RateLimit: "${per}";r=${state.remaining};t=${state.resetSeconds}\r\n`,
  );
}
