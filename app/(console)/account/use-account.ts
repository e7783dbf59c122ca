"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Account } from "#lib/account/schema.ts";
import { api } from "#lib/api/client.ts";

const KEY = ["account"];
export const SESSIONS_KEY = ["my-sessions"];
export const ACTIVITY_KEY = ["my-activity"];

/** One's own account, as the server last told it, and how to have it told again. */
export function useAccount(initial: Account) {
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => api.get<Account>("/me/account", { signal }),
    initialData: initial,
  });
  return {
    account: data,
    set: (account: Account) => client.setQueryData(KEY, account),
    /** After a change that also shows among the sessions and in the activity. */
    reload: () =>
      Promise.all(
        [KEY, SESSIONS_KEY, ACTIVITY_KEY].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  };
}
