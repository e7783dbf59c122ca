"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { JsonValue } from "#components/code/json-rows.ts";
import { JsonView } from "#components/code/json-view.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import { whyNotCancel, whyNotDiscard, whyNotRetry } from "#lib/jobs/rules.ts";
import type { JobAction, JobDetail, RevealedJob } from "#lib/jobs/schema.ts";
import { paths } from "#lib/paths.ts";
import { JobDeliveries } from "./job-deliveries.tsx";
import { JobNow } from "./job-now.tsx";
import { JobOrigin, type OriginKey, type OriginRoute } from "./job-origin.tsx";
import { JobPayloads } from "./job-payloads.tsx";
import { JobRetention } from "./job-retention.tsx";
import { JobSteps } from "./job-steps.tsx";
import { JobStory } from "./job-story.tsx";
import { withRevealed } from "./revealed.ts";

const ActDialog = fetchedAhead(() => import("./act-dialog.tsx").then((module) => module.ActDialog));
const RetryDialog = fetchedAhead(() => import("./retry-dialog.tsx").then((module) => module.RetryDialog));

type Props = {
  tenant: { slug: string; role: Role };
  initial: JobDetail;
  route: OriginRoute | null;
  apiKey: OriginKey | null;
};

const UNFINISHED = ["queued", "running", "retrying"];

/** Whether nothing has happened between two readings that can have changed what the job holds. */
const sameCourse = (last: JobDetail, now: JobDetail) =>
  last.state === now.state &&
  last.attempts === now.attempts &&
  last.actions.length === now.actions.length &&
  last.attemptLog.at(-1)?.outcome === now.attemptLog.at(-1)?.outcome &&
  last.pipeline?.step === now.pipeline?.step;

/** The whole story of one job, live, and what a person can do about it. */
export function JobView({ tenant, initial, route, apiKey }: Props) {
  const client = useQueryClient();
  const path = `/tenants/${encodeURIComponent(tenant.slug)}/jobs/${initial.id}`;
  const queryKey = ["job", tenant.slug, initial.id];
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const last = client.getQueryData<JobDetail>(queryKey) ?? initial;
      const brief = await api.get<JobDetail>(path, { query: { payloads: false }, signal });
      // Payloads can be large and change with the job's course only.
      if (!sameCourse(last, brief)) return api.get<JobDetail>(path, { signal });
      const { input, result, steps, told, masked, attemptLog, earlierAttempts } = last;
      return { ...brief, input, result, steps, told, masked, attemptLog, earlierAttempts };
    },
    initialData: initial,
    refetchInterval: ({ state }) => (state.data && UNFINISHED.includes(state.data.state) ? 1_000 : 5_000),
  });
  const [revealed, setRevealed] = useState<RevealedJob | null>(null);
  // Whoever comes back through the browser's history finds it masked again.
  useEffect(() => {
    const hide = () => setRevealed(null);
    window.addEventListener("pagehide", hide);
    return () => window.removeEventListener("pagehide", hide);
  }, []);
  const job = useMemo(() => withRevealed(query.data, revealed), [query.data, revealed]);
  const [acting, setActing] = useState<JobAction | null>(null);
  const asked = acting === "retry" ? null : acting;
  const [everAsked, setEverAsked] = useState(false);
  if (asked && !everAsked) setEverAsked(true);
  const role = whyNot(tenant.role, "job.act");
  return (
    <>
      <PageHeader
        up={{ href: paths.jobs(tenant.slug), label: "Jobs" }}
        title={job.pipeline ? job.pipeline.functions.join(" → ") : job.function}
        meta={
          <>
            <span role="status">
              <StatusBadge status={job.state} />
            </span>
            <CopyId value={job.id} label="job ID" />
          </>
        }
        actions={
          <>
            <Button disabledReason={role ?? whyNotDiscard(job)} onClick={() => setActing("discard")}>
              Discard
            </Button>
            <Button disabledReason={role ?? whyNotCancel(job)} onClick={() => setActing("cancel")}>
              Cancel job
            </Button>
            <Button
              variant="primary"
              disabledReason={role ?? whyNotRetry(job)}
              onClick={() => setActing("retry")}
            >
              Retry
            </Button>
          </>
        }
      />
      <div className="mb-6 space-y-2">
        {query.error ? <ErrorNotice error={query.error} /> : null}
        <JobNow job={job} />
      </div>
      <div className="grid grid-cols-1 gap-x-10 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0">
          {job.pipeline ? (
            <Section title="Steps">
              <JobSteps job={job} />
            </Section>
          ) : null}
          <Section title="What happened">
            <JobStory tenant={tenant.slug} job={job} revealed={revealed} />
          </Section>
          <JobDeliveries tenant={tenant} job={job} />
        </div>
        <div className="min-w-0">
          <Section title="Where it came from">
            <JobOrigin tenant={tenant.slug} job={query.data} route={route} apiKey={apiKey} />
          </Section>
          <Section title="How long it is kept">
            <JobRetention tenant={tenant} job={job} />
          </Section>
        </div>
      </div>
      <Section title="What the client is told now">
        <p className="mb-2 text-muted">
          It got 202 and the job ID when it asked for the work. A status route answers this now, whatever is
          retried under the same ID:
        </p>
        <JsonView value={job.told.status.body as JsonValue} label="Status, 200" />
      </Section>
      <JobPayloads
        tenant={tenant}
        job={job}
        revealed={revealed !== null}
        reveal={async (input) => {
          setRevealed(await api.post<RevealedJob>(`${path}/reveal`, input));
          await client.invalidateQueries({ queryKey });
        }}
        onHide={() => setRevealed(null)}
      />
      {acting === "retry" ? (
        <RetryDialog tenant={tenant.slug} job={job} onClose={() => setActing(null)} />
      ) : null}
      {everAsked ? (
        <ActDialog
          job={job}
          action={asked}
          onClose={() => setActing(null)}
          send={async (action, input) => {
            await api.post(`${path}/${action}`, input);
            await Promise.all([
              client.invalidateQueries({ queryKey: ["job", tenant.slug, job.id] }),
              client.invalidateQueries({ queryKey: ["jobs", tenant.slug] }),
              client.invalidateQueries({ queryKey: ["overview", tenant.slug] }),
            ]);
          }}
        />
      ) : null}
    </>
  );
}
