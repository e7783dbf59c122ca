"use client";
import { useQuery } from "@tanstack/react-query";
import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";
import { REPAIR_WORDS } from "#lib/retention/rules.ts";
import type { JobRepair } from "#lib/retention/schema.ts";

/** What was found out of step between jobs and their queue in the last 24 hours; nothing when all was well. */
export function JobRepairs({ slug }: { slug: string }) {
  const { data: repairs = [] } = useQuery({
    queryKey: ["job-repairs", slug],
    queryFn: async ({ signal }) =>
      (await api.page<JobRepair>(`/tenants/${encodeURIComponent(slug)}/job-repairs`, { signal })).data,
    refetchInterval: 60_000,
  });
  if (repairs.length === 0) return null;
  return (
    <div className="mb-4">
      <Notice tone="info" title="Jobs and their queue were out of step, and put right by themselves">
        <ul>
          {repairs.map(({ kind, count, lastAt, jobId }) => (
            <li key={kind}>
              {REPAIR_WORDS[kind](count)}, <RelativeTime at={lastAt} />
              {jobId ? (
                <>
                  :{" "}
                  <TextLink href={paths.job(slug, jobId)}>
                    {count === 1 ? "see the job" : "see one of them"}
                  </TextLink>
                </>
              ) : null}
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}
