"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { JsonValue } from "#components/code/json-rows.ts";
import { JsonView } from "#components/code/json-view.tsx";
import { StatusBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { ErrorNotice } from "#components/ui/notice.tsx";
import { PageHeader, Section } from "#components/ui/page-header.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { api } from "#lib/api/client.ts";
import { whyNotCancel, whyNotDiscard, whyNotRetry } from "#lib/jobs/rules.ts";
import type { JobAction, JobDetail } from "#lib/jobs/schema.ts";
import { paths } from "#lib/paths.ts";
import { ActDialog } from "./act-dialog.tsx";
import { JobNow } from "./job-now.tsx";
import { JobOrigin, type OriginKey, type OriginRoute } from "./job-origin.tsx";
import { JobRetention } from "./job-retention.tsx";
import { JobSteps } from "./job-steps.tsx";
import { JobStory } from "./job-story.tsx";

type Props = {
  tenant: { slug: string; role: Role };
  initial: JobDetail;
  route: OriginRoute | null;
  apiKey: OriginKey | null;
};

const UNFINISHED = ["queued", "running", "retrying"];

/** The whole story of one job, live, and what a person can do about it. */
export function JobView({ tenant, initial, route, apiKey }: Props) {
  const client = useQueryClient();
  const path = `/tenants/${encodeURIComponent(tenant.slug)}/jobs/${initial.id}`;
  const query = useQuery({
    queryKey: ["job", tenant.slug, initial.id],
    queryFn: ({ signal }) => api.get<JobDetail>(path, { signal }),
    initialData: initial,
    refetchInterval: ({ state }) => (state.data && UNFINISHED.includes(state.data.state) ? 1_000 : 5_000),
  });
  const job = query.data;
  const [acting, setActing] = useState<JobAction | null>(null);
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
            <JobStory job={job} />
          </Section>
        </div>
        <div className="min-w-0">
          <Section title="Where it came from">
            <JobOrigin tenant={tenant.slug} job={job} route={route} apiKey={apiKey} />
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
      <div className="grid grid-cols-1 gap-x-10 xl:grid-cols-2">
        <Section title="Payload">
          <JsonView
            value={job.input as JsonValue}
            label={job.pipeline ? "What the first step is given" : "What the function is given"}
          />
        </Section>
        <Section title="Result">
          {job.state === "succeeded" ? (
            <JsonView
              value={(job.result ?? null) as JsonValue}
              label={job.pipeline ? "What the last step returned" : "What the function returned"}
            />
          ) : (
            <p className="border-y py-3 text-muted">None: only a job that has succeeded has one.</p>
          )}
        </Section>
      </div>
      {job.masked ? (
        <p className="text-muted text-xs">
          Values that look like secrets are shown as •••. The function gets them as they are.
        </p>
      ) : null}
      <ActDialog
        job={job}
        action={acting}
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
    </>
  );
}
