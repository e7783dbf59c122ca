"use client";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { Globe } from "lucide-react";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { BrowserSession } from "#lib/account/schema.ts";
import { api } from "#lib/api/client.ts";
import { AccountSection } from "./account-section.tsx";
import { type ProviderLabels, signInWords } from "./sign-in-words.ts";
import { ACTIVITY_KEY, SESSIONS_KEY } from "./use-account.ts";

/** Every browser in which somebody is signed in, and a way to end each, or all the others. */
export function SessionsSection({ providers }: { providers: ProviderLabels }) {
  const client = useQueryClient();
  const [ending, setEnding] = useState<BrowserSession | "others" | null>(null);
  const list = useInfiniteQuery({
    queryKey: SESSIONS_KEY,
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      api.page<BrowserSession>("/me/sessions", { query: { cursor: pageParam, limit: 20 }, signal }),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const sessions = list.data?.pages.flatMap((page) => page.data) ?? [];
  const others = sessions.filter(({ current }) => !current).length;

  const end = async () => {
    if (ending === "others") {
      const { ended } = await api.post<{ ended: number }>("/me/sessions/end-others");
      toast.success(ended === 1 ? "One session is ended." : `${ended} sessions are ended.`);
    } else if (ending) {
      await api.delete(`/me/sessions/${ending.id}`);
      toast.success("The session is ended.");
    }
    await Promise.all([SESSIONS_KEY, ACTIVITY_KEY].map((queryKey) => client.invalidateQueries({ queryKey })));
  };

  return (
    <AccountSection
      id="sessions"
      title="Where you are signed in"
      description="Each browser with the address of its last use. End those that you do not know, then change your password."
    >
      {list.data ? (
        <>
          <ul className="divide-y border-y">
            {sessions.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                providers={providers}
                onEnd={() => setEnding(session)}
              />
            ))}
          </ul>
          <div className="mt-3 flex flex-wrap gap-2">
            {list.hasNextPage ? (
              <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                Show more
              </Button>
            ) : null}
            <Button
              disabledReason={others === 0 ? "You are signed in nowhere else." : null}
              onClick={() => setEnding("others")}
            >
              End all other sessions
            </Button>
          </div>
        </>
      ) : list.error ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <Skeleton className="h-32" />
      )}
      <ConfirmDialog
        open={ending !== null}
        onClose={() => setEnding(null)}
        title={ending === "others" ? "End all other sessions?" : "End this session?"}
        blastRadius={
          ending === "others"
            ? "Every browser but this one is signed out at once. Access tokens keep working."
            : `${ending?.device ?? "The browser"} is signed out with its next request.`
        }
        confirmLabel={ending === "others" ? "End all others" : "End session"}
        onConfirm={end}
      />
    </AccountSection>
  );
}

function SessionRow({
  session,
  providers,
  onEnd,
}: {
  session: BrowserSession;
  providers: ProviderLabels;
  onEnd: () => void;
}) {
  return (
    <li className="flex items-start gap-3 py-3">
      <Globe aria-hidden size={16} className="mt-0.5 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="wrap-anywhere font-medium">{session.device}</span>
          {session.current ? <Badge tone="ok">this browser</Badge> : null}
        </p>
        <p className="wrap-anywhere text-muted">
          <span className="font-mono text-xs">{session.ip || "unknown address"}</span>
          {session.place ? `, ${session.place}` : ""}, last used <RelativeTime at={session.lastSeenAt} />
        </p>
        <p className="text-muted">
          Signed in <RelativeTime at={session.createdAt} /> {signInWords(session, providers)}
        </p>
      </div>
      {session.current ? null : (
        <Button size="small" aria-label={`End session of ${session.device}, ${session.ip}`} onClick={onEnd}>
          End
        </Button>
      )}
    </li>
  );
}
