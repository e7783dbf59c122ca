"use client";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import type { Option } from "#components/ui/select.tsx";
import { api } from "#lib/api/client.ts";
import type { ApiKey } from "#lib/keys/schema.ts";

/** No page names more keys than this; beyond it their ids are shown. */
const MOST_NAMES = 100;

const wordsOf = (key: ApiKey) => (key.status === "active" ? key.name : `${key.name} (${key.status})`);

/** The names of keys by id, as far as they have arrived; those that are not active say so. */
export function useKeyNames(tenant: string, ids: readonly string[]): Record<string, string> {
  const asked = [...new Set(ids)].slice(0, MOST_NAMES);
  return useQueries({
    queries: asked.map((id) => ({
      queryKey: ["key-name", tenant, id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api.get<ApiKey>(`/tenants/${encodeURIComponent(tenant)}/keys/${id}`, { signal }),
      staleTime: 30_000,
    })),
    combine: (answers) =>
      Object.fromEntries(answers.flatMap(({ data }) => (data ? [[data.id, wordsOf(data)]] : []))),
  });
}

/** Keys to choose from: those that match what is typed, and those that are chosen already, all by name. */
export function useKeyOptions(tenant: string, chosen: readonly string[]) {
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const { data: found } = useQuery({
    queryKey: ["keys", tenant, "options", q],
    queryFn: ({ signal }) =>
      api.page<ApiKey>(`/tenants/${encodeURIComponent(tenant)}/keys`, {
        query: { q, status: "active", limit: 50 },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  const names = useKeyNames(tenant, chosen);
  const options = useMemo(() => {
    const byId = new Map<string, Option>();
    for (const key of found?.data ?? []) {
      byId.set(key.id, { value: key.id, label: key.name, hint: `…${key.lastFour}` });
    }
    for (const [id, label] of Object.entries(names)) {
      if (!byId.has(id)) byId.set(id, { value: id, label });
    }
    return [...byId.values()];
  }, [found, names]);
  return { options, onSearch: setTyped };
}
