"use client";
import { useCallback, useMemo, useState } from "react";
import type { JobSummary } from "#lib/jobs/schema.ts";

const NOBODY: ReadonlyMap<string, JobSummary> = new Map();

/** Which jobs are chosen, on this page and those looked at before, as they were read last. */
export function useChosen(rows: readonly JobSummary[], key: string) {
  const [seen, setSeen] = useState({ key, chosen: NOBODY });
  // Another list has other jobs: what was chosen in the one before would be acted on unseen.
  const kept = seen.key === key ? seen.chosen : NOBODY;
  const chosen = useMemo(() => {
    const fresh = rows.filter(({ id }) => kept.has(id));
    return fresh.length > 0 ? new Map([...kept, ...fresh.map((job) => [job.id, job] as const)]) : kept;
  }, [rows, kept]);
  const change = useCallback(
    (edit: (next: Map<string, JobSummary>) => void) =>
      setSeen((before) => {
        const next = new Map(before.key === key ? before.chosen : NOBODY);
        edit(next);
        return { key, chosen: next };
      }),
    [key],
  );
  const toggle = useCallback(
    (job: JobSummary) => change((next) => void (next.delete(job.id) || next.set(job.id, job))),
    [change],
  );
  const choosePage = useCallback(
    () => change((next) => rows.forEach((job) => void next.set(job.id, job))),
    [change, rows],
  );
  const clear = useCallback(() => change((next) => next.clear()), [change]);
  const left = rows.filter(({ id }) => !kept.has(id)).length;
  return { chosen, left, toggle, choosePage, clear };
}
