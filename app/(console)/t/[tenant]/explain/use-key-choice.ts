"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import type { Option } from "#components/ui/select.tsx";
import { api } from "#lib/api/client.ts";
import type { ApiKey } from "#lib/keys/schema.ts";

const optionOf = (key: ApiKey): Option => ({
  value: key.id,
  label: key.name,
  hint: key.status === "active" ? `…${key.lastFour}` : `…${key.lastFour}, ${key.status}`,
});

/** Keys to choose one from, whatever their state: a revoked key is what is often to be explained. */
export function useKeyChoice(tenant: string, chosen: string) {
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const address = `/tenants/${encodeURIComponent(tenant)}/keys`;
  const { data: found } = useQuery({
    queryKey: ["keys", tenant, "choice", q],
    queryFn: ({ signal }) => api.page<ApiKey>(address, { query: { q, limit: 50 }, signal }),
    placeholderData: keepPreviousData,
  });
  const { data: current } = useQuery({
    queryKey: ["key-name", tenant, chosen],
    queryFn: ({ signal }) => api.get<ApiKey>(`${address}/${chosen}`, { signal }),
    enabled: chosen !== "",
    staleTime: 30_000,
    retry: false,
  });
  const options = useMemo(() => {
    const keys = found?.data ?? [];
    return current && !keys.some(({ id }) => id === current.id)
      ? [optionOf(current), ...keys.map(optionOf)]
      : keys.map(optionOf);
  }, [found, current]);
  return { options, onSearch: setTyped };
}
