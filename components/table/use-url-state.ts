"use client";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useTransition } from "react";

/**
 * Search, filters, sorting and page of a list, kept in the address. `set` changes some of them (null or an empty
 * text removes) and goes back to the first page, unless the change is the page itself.
 */
export function useUrlState() {
  const router = useRouter();
  const pathname = usePathname();
  const search = useSearchParams();
  const [pending, start] = useTransition();

  const set = useCallback(
    (change: Record<string, string | null>) => {
      const next = new URLSearchParams(search);
      if (!("cursor" in change)) next.delete("cursor");
      for (const [name, value] of Object.entries(change)) {
        if (value) next.set(name, value);
        else next.delete(name);
      }
      const text = next.toString();
      const go = "cursor" in change ? router.push : router.replace;
      start(() => go(text ? `${pathname}?${text}` : pathname, { scroll: false }));
    },
    [pathname, router, search],
  );

  return { get: (name: string) => search.get(name) ?? "", set, pending };
}
