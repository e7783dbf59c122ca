import type { ReactNode } from "react";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { attemptsNow, maxAttemptsNow } from "#lib/jobs/rules.ts";
import type { JobDetail } from "#lib/jobs/schema.ts";

const attemptsOf = (job: JobDetail) =>
  attemptsNow(job) === 1 ? "its only attempt" : `all ${attemptsNow(job)} attempts`;

/** What failed or runs: the job, or the step that it is at. */
const it = ({ pipeline, function: name }: JobDetail) =>
  pipeline ? `Step ${pipeline.step} of ${pipeline.functions.length}, ${name},` : "It";

const attemptOf = (job: JobDetail) => {
  const attempt = `ttempt ${attemptsNow(job)} of ${maxAttemptsNow(job)}`;
  const { pipeline } = job;
  return pipeline
    ? `Step ${pipeline.step} of ${pipeline.functions.length}, ${job.function}: a${attempt}`
    : `A${attempt}`;
};

/** Whether it waits for its time and not for a worker. */
const isPutOff = (job: JobDetail) => Date.parse(job.runAt) - Date.now() > 2_000;

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
      if (isPutOff(job)) {
        return (
          <Notice
            title={
              <>
                {it(job)} starts <RelativeTime at={job.runAt} />
              </>
            }
          >
            It was put off until then; it can be cancelled before.
          </Notice>
        );
      }
      return (
        <Notice title={`${it(job)} waits for a worker`}>
          Workers take it up at once when one is free; see Gateways if none is running.
        </Notice>
      );
    case "running":
      return <Notice title={`${attemptOf(job)} is running`} />;
    case "retrying":
      return (
        <Notice
          tone="warn"
          title={
            <>
              {attemptOf(job)} failed; the next starts <RelativeTime at={job.runAt} />
            </>
          }
        >
          <LastError job={job} />
        </Notice>
      );
    case "dead":
      return (
        <Notice tone="bad" title={`${it(job)} failed ${attemptsOf(job)} and waits for somebody`}>
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
