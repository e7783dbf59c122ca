import type { ReactNode } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { JobDetail } from "#lib/jobs/schema.ts";

const attemptsOf = (job: JobDetail) =>
  job.attempts === 1 ? "its only attempt" : `all ${job.attempts} attempts`;

function LastError({ job }: { job: JobDetail }) {
  if (!job.error) return null;
  return (
    <p className="line-clamp-3 break-words font-mono text-xs">
      {job.error.name}: {job.error.message}
    </p>
  );
}

/** How the job stands, in a sentence, and what comes next. */
export function JobNow({ job }: { job: JobDetail }): ReactNode {
  switch (job.state) {
    case "queued":
      return (
        <Notice title="It waits for a worker">
          Workers take it up at once when one is free; see Gateways if none is running.
        </Notice>
      );
    case "running":
      return <Notice title={`Attempt ${job.attempts} of ${job.maxAttempts} is running`} />;
    case "retrying":
      return (
        <Notice
          tone="warn"
          title={
            <>
              Attempt {job.attempts} of {job.maxAttempts} failed; the next starts{" "}
              <RelativeTime at={job.runAt} />
            </>
          }
        >
          <LastError job={job} />
        </Notice>
      );
    case "dead":
      return (
        <Notice tone="bad" title={`It failed ${attemptsOf(job)} and waits for somebody`}>
          <LastError job={job} />
          <p className="mt-1">
            Retry it once the cause is mended, or discard it if nobody needs the work any more.
          </p>
        </Notice>
      );
    default:
      return null;
  }
}
