"use client";
import { Eye, EyeOff } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { JsonValue } from "#components/code/json-rows.ts";
import { JsonView } from "#components/code/json-view.tsx";
import { Button } from "#components/ui/button.tsx";
import { fetchedAhead } from "#components/ui/fetched-ahead.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { type Role, whyNot } from "#lib/access/permissions.ts";
import { MASK } from "#lib/contract/secret-names.ts";
import type { JobDetail } from "#lib/jobs/schema.ts";
import { paths } from "#lib/paths.ts";
import { JobResult } from "./job-result.tsx";
import { bodyOf } from "./revealed.ts";

const RevealDialog = fetchedAhead(() => import("./reveal-dialog.tsx").then((module) => module.RevealDialog));

type Props = {
  tenant: { slug: string; role: Role };
  job: JobDetail;
  revealed: boolean;
  reveal: (input: { reason: string }) => Promise<void>;
  onHide: () => void;
};

/** What the job was given and what it returned; masked until somebody who may has said why not. */
export function JobPayloads({ tenant, job, revealed, reveal, onHide }: Props) {
  const [asking, setAsking] = useState(false);
  const [whole, setWhole] = useState(false);
  const hide = useRef<HTMLButtonElement>(null);
  // What opened the dialog is gone once it is revealed.
  useEffect(() => {
    if (revealed && !asking) hide.current?.focus();
  }, [revealed, asking]);
  const body = useMemo(() => bodyOf(job.input), [job.input]);
  const label = job.pipeline ? "What the first step is given" : "What the function is given";
  const recent = Date.now() - Date.parse(job.createdAt) < 7 * 86_400_000;
  // What only who may reveal it sees must not get into an address.
  const leafHref = (prefix: string) => (path: string, literal: string) => {
    if (revealed || literal.includes(MASK) || literal.length > 128 || path === "") return null;
    if (
      prefix === "" &&
      job.enqueuedBy === "route" &&
      !/^(pathParameters|queryStringParameters)[.]/.test(path)
    ) {
      return null;
    }
    return paths.jobs(tenant.slug, {
      payload: `${prefix}${path}=${literal}`,
      within: recent ? undefined : "30d",
    });
  };
  return (
    <>
      {revealed ? (
        <div className="mb-4">
          <Notice
            tone="warn"
            title="You see what is masked for others, until you leave this page"
            action={
              <Button ref={hide} size="small" icon={<EyeOff aria-hidden size={14} />} onClick={onHide}>
                Hide again
              </Button>
            }
          />
        </div>
      ) : null}
      <div className="grid grid-cols-1 gap-x-10 xl:grid-cols-2">
        <Section
          title="Payload"
          actions={
            job.masked && !revealed ? (
              <Button
                size="small"
                icon={<Eye aria-hidden size={14} />}
                disabledReason={whyNot(tenant.role, "payload.reveal")}
                onClick={() => setAsking(true)}
              >
                Reveal masked values…
              </Button>
            ) : undefined
          }
        >
          {body ? (
            <>
              <div className="mb-2">
                <Button size="small" variant="quiet" aria-pressed={whole} onClick={() => setWhole(!whole)}>
                  {whole ? "Show the body only" : "Show the whole request"}
                </Button>
              </div>
              {whole ? (
                <JsonView value={job.input as JsonValue} label={label} leafHref={leafHref("")} />
              ) : (
                <JsonView
                  value={body.body as JsonValue}
                  label="The request's body"
                  leafHref={leafHref("body.")}
                />
              )}
            </>
          ) : (
            <JsonView value={job.input as JsonValue} label={label} leafHref={leafHref("")} />
          )}
        </Section>
        <Section title="Result">
          <JobResult job={job} />
        </Section>
      </div>
      {job.masked ? (
        <p className="text-muted text-xs">
          Values that look like secrets, and those at paths that this tenant masks, are shown as {MASK}. The
          function gets them as they are.
        </p>
      ) : null}
      {asking ? <RevealDialog onClose={() => setAsking(false)} send={reveal} /> : null}
    </>
  );
}
