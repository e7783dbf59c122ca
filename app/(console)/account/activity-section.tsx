"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Dot, TriangleAlert } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { activityWords, isRefusal } from "#lib/account/rules.ts";
import type { Activity } from "#lib/account/schema.ts";
import { api } from "#lib/api/client.ts";
import { AccountSection } from "./account-section.tsx";
import { ACTIVITY_KEY } from "./use-account.ts";

/** What happened to the account, the latest first, so that somebody sees what was not them. */
export function ActivitySection() {
  const list = useInfiniteQuery({
    queryKey: ACTIVITY_KEY,
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      api.page<Activity>("/me/activity", { query: { cursor: pageParam, limit: 10 }, signal }),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const entries = list.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <AccountSection
      id="activity"
      title="Security activity"
      description="Sign-ins and changes to how you sign in. Was something not you? Change your password and end the sessions that are not yours."
    >
      {list.data ? (
        <>
          {entries.length === 0 ? (
            <p className="text-muted">Nothing has happened since this is kept.</p>
          ) : (
            <ul className="divide-y border-y">
              {entries.map((entry) => (
                <ActivityRow key={entry.id} entry={entry} />
              ))}
            </ul>
          )}
          {list.hasNextPage ? (
            <Button
              className="mt-3"
              loading={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              Show earlier
            </Button>
          ) : null}
        </>
      ) : list.error ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Skeleton className="h-40" />
      )}
    </AccountSection>
  );
}

function ActivityRow({ entry }: { entry: Activity }) {
  const refused = isRefusal(entry.action);
  const Icon = refused ? TriangleAlert : Dot;
  return (
    <li className="flex items-start gap-2 py-2">
      <Icon
        aria-hidden
        size={16}
        className={refused ? "mt-0.5 shrink-0 text-warn" : "mt-0.5 shrink-0 text-faint"}
      />
      <div className="min-w-0 flex-1">
        <p className="wrap-anywhere">
          {activityWords(entry.action)}
          {entry.about ? <span className="text-muted">, {entry.about}</span> : null}
        </p>
        {entry.ip ? (
          <p className="wrap-anywhere text-muted">
            <span className="font-mono text-xs">{entry.ip}</span>
            {entry.place ? `, ${entry.place}` : ""}
          </p>
        ) : null}
      </div>
      <span className="shrink-0 text-muted">
        <RelativeTime at={entry.at} />
      </span>
    </li>
  );
}
