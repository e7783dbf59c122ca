"use client";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useEffect, useTransition } from "react";

/**
 * The query that was asked for last, while its page is still on its way. A second change before that builds on it:
 * the address still shows the one before both.
 */
let asked: { pathname: string; query: string; at: number } | null = null;
/** Whatever has not come by then was overtaken by another way to go, in milliseconds. */
const ON_ITS_WAY_MS = 5_000;

/**
 * Search, filters, sorting and page of a list, kept in the address. `set` changes some of them (null or an empty
 * text removes) and goes back to the first page, unless the change is the page itself.
 */
export function useUrlState() {
  const router = useRouter();
  const pathname = usePathname();
  const search = useSearchParams();
  const [pending, start] = useTransition();

  useEffect(() => {
    if (asked?.pathname !== pathname || asked.query === search.toString()) asked = null;
  }, [pathname, search]);
  useEffect(() => {
    const forget = () => {
      asked = null;
    };
    window.addEventListener("popstate", forget);
    return () => window.removeEventListener("popstate", forget);
  }, []);

  const set = useCallback(
    (change: Record<string, string | null>) => {
      const now = performance.now();
      const builds = asked?.pathname === pathname && now - asked.at < ON_ITS_WAY_MS;
      const next = new URLSearchParams(builds ? asked?.query : search);
      if (!("cursor" in change)) next.delete("cursor");
      for (const [name, value] of Object.entries(change)) {
        if (value) next.set(name, value);
        else next.delete(name);
      }
      const text = next.toString();
      asked = text === search.toString() ? null : { pathname, query: text, at: now };
      const go = "cursor" in change ? router.push : router.replace;
      start(() => go(text ? `${pathname}?${text}` : pathname, { scroll: false }));
    },
    [pathname, router, search],
  );

  return { get: (name: string) => search.get(name) ?? "", set, pending };
}
