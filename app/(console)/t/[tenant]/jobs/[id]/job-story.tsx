"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronRight, CornerDownRight, UserRound } from "lucide-react";
import { type ReactNode, useState } from "react";
import { CodeBlock } from "#components/code/code-block.tsx";
import { type Status, StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { durationText } from "#components/ui/relative-time-text.ts";
import { api } from "#lib/api/client.ts";
import type { JobActionEntry, JobAttempt, JobDetail, RevealedJob } from "#lib/jobs/schema.ts";
import { AttemptLogs } from "./attempt-logs.tsx";
import { PayloadDifference } from "./payload-difference.tsx";
import { revealedAttempts } from "./revealed.ts";
import { errorText, linesText, storyOf } from "./story.ts";

const SHOWN_AT_FIRST = 10;
const PAGE = 25;

const OUTCOMES: Record<JobAttempt["outcome"], { status: Status; word?: string }> = {
  running: { status: "running" },
  succeeded: { status: "succeeded" },
  failed: { status: "failed" },
  timed_out: { status: "failed", word: "Timed out" },
  lost: { status: "silent", word: "Worker lost" },
  cancelled: { status: "cancelled" },
};

const DID: Record<JobActionEntry["action"], string> = {
  retry: "sent it round again",
  cancel: "cancelled it",
  discard: "discarded it",
  hold: "held it back from being deleted",
  release: "let it be deleted again when its time has come",
  reveal: "revealed what is masked",
};

type Props = { tenant: string; job: JobDetail; revealed: RevealedJob | null };

/** The attempts before those that came with the job, page by page. They have ended, so that they are read once. */
function useEarlierAttempts({ tenant, job, revealed }: Props, wanted: boolean) {
  const query = useInfiniteQuery({
    // The job's own attempts move on with every new one; what lies before them is then another list.
    queryKey: ["job-attempts", tenant, job.id, job.attemptLog[0]?.number ?? 0],
    queryFn: ({ pageParam, signal }) =>
      api.page<JobAttempt>(`/tenants/${encodeURIComponent(tenant)}/jobs/${job.id}/attempts`, {
        query: { limit: PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: job.earlierAttempts ?? "",
    getNextPageParam: (page) => page.nextCursor,
    enabled: wanted && job.earlierAttempts !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const earlier = (query.data?.pages ?? []).flatMap(({ data }) => data).reverse();
  return { ...query, attempts: revealedAttempts(earlier, revealed) };
}

/** The job's attempts and what people did, oldest first; an attempt's error and stack unfold. */
export function JobStory(props: Props) {
  const { job } = props;
  const [all, setAll] = useState(false);
  const earlier = useEarlierAttempts(props, all);
  const told = { ...job, attemptLog: [...earlier.attempts, ...job.attemptLog] };
  const more = all
    ? job.earlierAttempts !== null && (earlier.hasNextPage || !earlier.data)
    : job.attemptLog.length > SHOWN_AT_FIRST || job.earlierAttempts !== null;
  return (
    <>
      <ol className="border-t">
        {storyOf(told, all ? told.attemptLog.length : SHOWN_AT_FIRST).map((entry) => {
          switch (entry.kind) {
            case "enqueued":
              return (
                <Row key="enqueued" icon={<CornerDownRight aria-hidden size={14} />} at={entry.at}>
                  {job.enqueuedBy === "route" ? "Enqueued by a request" : "Enqueued by a handler"}
                </Row>
              );
            case "left out":
              return (
                <li
                  key="left out"
                  className="flex items-center justify-between gap-3 border-b py-2 text-muted"
                >
                  {entry.attempts === 1 ? "1 earlier attempt" : `${entry.attempts} earlier attempts`}
                  {more ? (
                    <Button
                      size="small"
                      loading={earlier.isFetching}
                      onClick={() => (all ? void earlier.fetchNextPage() : setAll(true))}
                    >
                      Show earlier attempts
                    </Button>
                  ) : null}
                </li>
              );
            case "attempt":
              return (
                <Attempt
                  key={`attempt ${entry.attempt.number}`}
                  attempt={entry.attempt}
                  step={job.pipeline?.functions[(entry.attempt.step ?? 0) - 1] ?? null}
                />
              );
            default:
              return (
                <Row key={entry.entry.id} icon={<UserRound aria-hidden size={14} />} at={entry.at}>
                  <span className="font-medium">{entry.entry.actor}</span> {DID[entry.entry.action]}:{" "}
                  <q>{entry.entry.reason}</q>
                  {entry.entry.change ? <PayloadDifference change={entry.entry.change} /> : null}
                </Row>
              );
          }
        })}
      </ol>
      {earlier.error ? <ErrorNotice error={earlier.error} /> : null}
      <p className="mt-2 text-muted text-xs">
        Delivery is at least once: after a lost worker an attempt is made again, even if its work was done.
      </p>
    </>
  );
}

function Row({ icon, at, children }: { icon: ReactNode; at: string; children: ReactNode }) {
  return (
    <li className="flex items-start gap-2 border-b py-2">
      <span className="mt-0.5 flex w-4 shrink-0 justify-center text-muted">{icon}</span>
      <span className="min-w-0 flex-1 break-words">{children}</span>
      <span className="shrink-0 text-muted">
        <RelativeTime at={at} />
      </span>
    </li>
  );
}

/** `step`: the function that the attempt ran, when the job has more than one. */
function Attempt({ attempt, step }: { attempt: JobAttempt; step: string | null }) {
  const { status, word } = OUTCOMES[attempt.outcome];
  const { error } = attempt;
  const line = (
    <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1">
      <StatusBadge status={status} {...(word ? { word } : {})} />
      <span className="whitespace-nowrap font-medium">Attempt {attempt.number}</span>
      {step ? <span className="min-w-0 break-words">{step}</span> : null}
      <span className="whitespace-nowrap text-muted">
        {attempt.durationMs === null ? "so far" : durationText(attempt.durationMs)}
      </span>
      <span className="min-w-0 truncate font-mono text-muted text-xs" title={`Worker ${attempt.worker}`}>
        {attempt.worker ?? "a worker that is gone"}
      </span>
      {attempt.logs ? (
        <span className="whitespace-nowrap text-muted text-xs">{linesText(attempt.logs)}</span>
      ) : null}
      <span className="ml-auto text-muted">
        <RelativeTime at={attempt.startedAt} />
      </span>
      {error ? (
        <span className="line-clamp-2 basis-full break-words">
          <span className="text-muted">{error.name}:</span> {error.message}
        </span>
      ) : null}
    </span>
  );
  if (!error && !attempt.logs) {
    return (
      <li className="flex gap-2 border-b py-2">
        <span className="w-4 shrink-0" />
        {line}
      </li>
    );
  }
  return (
    <li className="border-b">
      <details className="group">
        <summary className="flex list-none items-start gap-2 py-2 outline-offset-[-2px] hover:bg-surface [&::-webkit-details-marker]:hidden">
          <ChevronRight
            aria-hidden
            size={14}
            className="mt-1 w-4 shrink-0 text-muted transition-transform group-open:rotate-90"
          />
          {line}
        </summary>
        <div className="pb-3 pl-6">
          {error ? (
            <CodeBlock
              language="text"
              label={`Attempt ${attempt.number}: error and stack`}
              code={errorText(error)}
            />
          ) : null}
          {attempt.logs ? <AttemptLogs attempt={attempt.number} logs={attempt.logs} /> : null}
        </div>
      </details>
    </li>
  );
}
