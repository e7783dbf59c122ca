"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiError, api } from "#lib/api/client.ts";
import type { SupportSession } from "#lib/support/schema.ts";
import { useMinutesLeft } from "./use-minutes-left.ts";

export type SupportPass = { sessionId: string; mode: "read" | "requeue"; expiresAt: string };

/** Somebody who is put out of the tenant reads so within this time. */
const ASK_EVERY_MS = 10_000;
const KEY = "support-session";

const isRefused = (error: unknown) =>
  error instanceof ApiError && (error.status === 403 || error.status === 404);

const WHY = { left: "You left", removed: "It was ended by", expired: "Its time was up" };

function whyOf(session: SupportSession | undefined): string {
  if (session?.ended === "removed") return `${WHY.removed} ${session.endedBy ?? "the tenant"}`;
  return WHY[session?.ended ?? "expired"];
}

/**
 * How an operator's support session stands: whole minutes left, and why it has ended when it has. Asked now and then,
 * and at once when the tenant refuses something else that the page asks for. What was fetched is forgotten with its end.
 */
export function useSupportSession(session: SupportPass | null): { left: number; ended: string | null } {
  const client = useQueryClient();
  const sessionId = session?.sessionId ?? "";
  const left = useMinutesLeft(session?.expiresAt ?? null);
  const { data, error } = useQuery({
    queryKey: [KEY, sessionId],
    queryFn: ({ signal }) => api.get<SupportSession>(`/support/sessions/${sessionId}`, { signal }),
    enabled: session !== null,
    refetchInterval: ({ state }) => (state.data?.open === false ? false : ASK_EVERY_MS),
    refetchOnWindowFocus: "always",
    retry: false,
  });
  const over = session !== null && (isRefused(error) || (data ? !data.open : left === 0));

  useEffect(() => {
    if (session === null) return;
    if (over) {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY });
      return;
    }
    return client.getQueryCache().subscribe((event) => {
      if (event.type !== "updated" || event.action.type !== "error") return;
      if (event.query.queryKey[0] === KEY || !isRefused(event.action.error)) return;
      void client.invalidateQueries({ queryKey: [KEY] }, { cancelRefetch: false });
    });
  }, [client, session, over]);
  return { left, ended: over ? whyOf(data) : null };
}
