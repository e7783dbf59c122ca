/** Of all tenants together; about 3 kB a route, so 150 MB at worst. What was asked for longest ago goes first. */
const MAX_ROUTES = 50_000;

/** Keeps the most recently used values while the routes that they hold stay within a bound. */
export function createRouteCache<Value>(maxRoutes = MAX_ROUTES) {
  const entries = new Map<string, { value: Value; routes: number }>();
  let total = 0;

  function drop(id: string): void {
    total -= entries.get(id)?.routes ?? 0;
    entries.delete(id);
  }

  return {
    get(id: string): Value | undefined {
      const entry = entries.get(id);
      if (!entry) return undefined;
      entries.delete(id);
      entries.set(id, entry);
      return entry.value;
    },
    /** `routes` is how many of them `value` holds; a value above the whole bound is kept alone. */
    set(id: string, value: Value, routes: number): void {
      drop(id);
      for (const oldest of [...entries.keys()]) {
        if (total + routes <= maxRoutes) break;
        drop(oldest);
      }
      entries.set(id, { value, routes: routes + 1 });
      total += routes + 1;
    },
    size: () => entries.size,
  };
}
