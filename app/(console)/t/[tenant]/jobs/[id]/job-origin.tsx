import { CopyId } from "#components/ui/copy.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { Facts } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { durationText } from "#components/ui/relative-time-text.ts";
import { MASK } from "#lib/contract/secret-names.ts";
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
            job.revision === null ? (
              <None />
            ) : (
              <TextLink href={paths.revision(tenant, job.revision)} className="font-mono text-xs">
                r{job.revision}
              </TextLink>
            ),
        },
        { name: "API key", value: <Key tenant={tenant} job={job} apiKey={apiKey} /> },
        {
          name: "Request ID",
          value: job.requestId ? (
            <span className="flex flex-wrap items-center gap-x-3">
              <CopyId value={job.requestId} label="request ID" short />
              <TextLink href={paths.jobs(tenant, { q: job.requestId })}>its jobs</TextLink>
              {route ? (
                <TextLink
                  href={paths.explain(tenant, {
                    method: requestOf(job.input).method ?? route.method,
                    path: requestOf(job.input).path ?? route.path,
                    keyId: job.apiKeyId ?? undefined,
                  })}
                >
                  explain it
                </TextLink>
              ) : null}
            </span>
          ) : (
            <None />
          ),
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

/** The request's own method and path, when the payload is a request's event. */
function requestOf(input: unknown): { method?: string; path?: string } {
  if (typeof input !== "object" || input === null) return {};
  const { httpMethod, path } = input as Record<string, unknown>;
  return {
    ...(typeof httpMethod === "string" ? { method: httpMethod } : {}),
    ...(typeof path === "string" && path.length <= 500 && !path.includes(MASK) ? { path } : {}),
  };
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
