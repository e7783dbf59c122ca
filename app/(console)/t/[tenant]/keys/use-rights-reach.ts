"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "#lib/api/client.ts";
import { parsePattern } from "#lib/contract/path.ts";
import type { RightsReach } from "#lib/keys/schema.ts";
import { authorizedRequestsOf, type Rights } from "./rights.ts";

const SETTLES_MS = 250;

/** `value` once it has stayed the same for a moment. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLES_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

const ask = (tenant: string, body: object, signal: AbortSignal) =>
  api.post<RightsReach>(`/tenants/${encodeURIComponent(tenant)}/keys/reach`, body, { signal });

/** The live routes that a new key could open at all, those that match what is typed. */
export function useOpenableRoutes(tenant: string, typed: string) {
  const q = useSettled(typed.trim());
  return useQuery({
    queryKey: ["rights-reach", tenant, "openable", q],
    queryFn: ({ signal }) => ask(tenant, { q }, signal),
    placeholderData: keepPreviousData,
  });
}

/** What the rights open now. Rows that are not complete yet are left out; `placeOf` gives an idle row's own place. */
export function useRightsReach(tenant: string, rights: Rights) {
  const rows = authorizedRequestsOf(rights);
  const places = rows?.flatMap(({ path }, place) => (parsePattern(path).ok ? [place] : [])) ?? [];
  const body = useSettled(
    JSON.stringify({ authorizedRequests: rows && places.map((place) => rows[place]).slice(0, 500) }),
  );
  const query = useQuery({
    queryKey: ["rights-reach", tenant, "of", body],
    queryFn: ({ signal }) => ask(tenant, JSON.parse(body), signal),
    placeholderData: keepPreviousData,
  });
  const current = !query.isPlaceholderData;
  const idle = new Map(
    current
      ? query.data?.idle.flatMap(({ row, why }) => {
          const place = places[row];
          return place === undefined ? [] : [[place, why] as const];
        })
      : [],
  );
  return { ...query, idle };
}
