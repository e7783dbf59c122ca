"use client";
import { useCallback, useMemo, useRef, useState } from "react";
import type { ListedRoute, RouteFilters } from "#lib/routes/schema.ts";

/** Routes by name, or all that match a filter, those not loaded yet included. */
export type Chosen = { ids: string[] } | { filter: RouteFilters };

const NOBODY: ReadonlySet<string> = new Set();

/** Which routes of the list are chosen. Another filter is another list, in which nothing is chosen yet. */
export function useSelection(routes: readonly ListedRoute[], filters: RouteFilters) {
  const [state, setState] = useState<{ of: RouteFilters; ids: ReadonlySet<string>; all: boolean }>({
    of: filters,
    ids: NOBODY,
    all: false,
  });
  const current = state.of === filters ? state : { of: filters, ids: NOBODY, all: false };
  const anchor = useRef<number | null>(null);

  const press = useCallback(
    (index: number, range: boolean) => {
      const from = range && anchor.current !== null ? anchor.current : index;
      anchor.current = index;
      setState((before) => {
        const known = before.of === filters ? before : { ids: NOBODY, all: false };
        // Taking one out of "all that match" leaves those that are loaded.
        const ids = new Set(known.all ? routes.map(({ id }) => id) : known.ids);
        const target = routes[index];
        const adding = target ? range || !ids.has(target.id) : true;
        for (const route of routes.slice(Math.min(from, index), Math.max(from, index) + 1)) {
          if (adding) ids.add(route.id);
          else ids.delete(route.id);
        }
        return { of: filters, ids, all: false };
      });
    },
    [filters, routes],
  );
  const clear = useCallback(() => setState({ of: filters, ids: NOBODY, all: false }), [filters]);
  const chooseAll = useCallback(() => setState({ of: filters, ids: NOBODY, all: true }), [filters]);
  const chosen = useMemo<Chosen | null>(() => {
    if (current.all) return { filter: filters };
    return current.ids.size > 0 ? { ids: [...current.ids] } : null;
  }, [current.all, current.ids, filters]);

  return {
    chosen,
    all: current.all,
    size: current.ids.size,
    has: (id: string) => current.all || current.ids.has(id),
    press,
    clear,
    chooseAll,
  };
}
