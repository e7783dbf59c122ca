import { CopyId } from "#components/ui/copy.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { Facts } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { durationText } from "#components/ui/relative-time-text.ts";
import type { JobDetail } from "#lib/jobs/schema.ts";
import { paths } from "#lib/paths.ts";

export type OriginRoute = { id: string; method: string; path: string };
export type OriginKey = { id: string; name: string };

type Props = { tenant: string; job: JobDetail; route: OriginRoute | null; apiKey: OriginKey | null };

/** The request that made the job, and the terms on which it runs. */
export function JobOrigin({ tenant, job, route, apiKey }: Props) {
  return (
    <Facts
      items={[
        {
          name: "Enqueued by",
          value: job.enqueuedBy === "route" ? "a request to a job route" : "a handler while it ran",
        },
        { name: "Route", value: <Route tenant={tenant} job={job} route={route} /> },
        {
          name: "Revision",
          value:
            job.revision === null ? <None /> : <span className="font-mono text-xs">r{job.revision}</span>,
        },
        { name: "API key", value: <Key tenant={tenant} job={job} apiKey={apiKey} /> },
        {
          name: "Request ID",
          value: job.requestId ? <CopyId value={job.requestId} label="request ID" short /> : <None />,
        },
        { name: "Created", value: <RelativeTime at={job.createdAt} /> },
        { name: "First started", value: <RelativeTime at={job.startedAt} none="not yet" /> },
        { name: "Finished", value: <RelativeTime at={job.finishedAt} none="not yet" /> },
        { name: "Attempts", value: attemptsText(job) },
        { name: "Time per attempt", value: `at most ${durationText(job.timeoutMs)}` },
      ]}
    />
  );
}

const attemptsText = ({ attempts, maxAttempts, pipeline }: JobDetail) =>
  pipeline
    ? `${attempts} in all; ${pipeline.attemptsPerStep} for each step`
    : `${attempts} of ${maxAttempts}`;

const None = () => <span className="text-muted">none</span>;

function Route({ tenant, job, route }: Pick<Props, "tenant" | "job" | "route">) {
  if (job.routeId === null) return <None />;
  if (!route) {
    return (
      <>
        <CopyId value={job.routeId} label="route ID" short />
        <span className="text-muted"> no longer in the draft</span>
      </>
    );
  }
  return (
    <TextLink href={paths.route(tenant, route.id)} className="break-all font-mono text-xs">
      {route.method} {route.path}
    </TextLink>
  );
}

function Key({ tenant, job, apiKey }: Pick<Props, "tenant" | "job" | "apiKey">) {
  if (job.apiKeyId === null) return <None />;
  if (!apiKey) return <CopyId value={job.apiKeyId} label="key ID" short />;
  return <TextLink href={paths.key(tenant, apiKey.id)}>{apiKey.name}</TextLink>;
}
