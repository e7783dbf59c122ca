"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "#lib/api/client.ts";
import type { SecondFactors } from "#lib/second-factors/schema.ts";

const KEY = ["second-factors"];

/** What the person gives beside the password, as both sections of the page show it; `reload` after a change. */
export function useSecondFactors(initial: SecondFactors) {
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: () => api.get<SecondFactors>("/me/second-factors"),
    initialData: initial,
  });
  return { factors: data, reload: () => queries.invalidateQueries({ queryKey: KEY }) };
}
