"use client";
import type { ReactNode } from "react";
import { Badge, MethodBadge, StatusBadge } from "#components/ui/badge.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton, TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { paths } from "#lib/paths.ts";
import type { Found, FoundJob, SupportSession } from "#lib/support/schema.ts";
import { EnterButton } from "./enter-button.tsx";

type Props = { found: Found; inside: readonly SupportSession[]; asked?: string };

/** What was found, by kind, each with the tenant it belongs to and the way to it. */
export function FoundList({ found: { jobs, refusals, keys, tenants, more }, inside, asked }: Props) {
  const way = (tenant: { slug: string; name: string }, to: string, what: string) =>
    inside.some((session) => session.tenant.slug === tenant.slug) ? (
      <LinkButton size="small" href={to}>
        Open {what}
      </LinkButton>
    ) : (
      <EnterButton tenant={tenant} to={to} />
    );
  if (jobs.length + refusals.length + keys.length + tenants.length === 0) {
    return (
      <EmptyState
        title="Nothing in any tenant has this"
        body={
          <>
            Job and request IDs are looked for whole. Refused requests are kept for 24 hours, jobs until their
            tenant’s days are over. Of a key, its first nine or last four characters are enough
            {asked ? <>; you looked for “{asked}”</> : null}.
          </>
        }
      />
    );
  }
  return (
    <>
      {more ? (
        <div className="mb-4">
          <Notice>There is more than the 20 of a kind that are listed. Look for something longer.</Notice>
        </div>
      ) : null}
      <Kind title="Jobs" shown={jobs.length}>
        {jobs.map((job) => (
          <Row
            key={job.id}
            lead={<StatusBadge status={job.state} />}
            name={job.functions.join(" → ")}
            tenant={job.tenant}
            action={way(job.tenant, paths.job(job.tenant.slug, job.id), "job")}
          >
            <JobFacts job={job} />
          </Row>
        ))}
      </Kind>
      <Kind title="Refused requests" shown={refusals.length}>
        {refusals.map((refusal) => (
          <Row
            key={`${refusal.tenant.id} ${refusal.at}`}
            lead={<Badge tone="bad">{refusal.status}</Badge>}
            name={
              <>
                <MethodBadge method={refusal.method} /> {refusal.code}
              </>
            }
            tenant={refusal.tenant}
            action={way(
              refusal.tenant,
              paths.explain(refusal.tenant.slug, { request: refusal.requestId }),
              "refusal",
            )}
          >
            refused <RelativeTime at={refusal.at} />
          </Row>
        ))}
      </Kind>
      <Kind title="Keys" shown={keys.length}>
        {keys.map((key) => (
          <Row
            key={key.id}
            lead={<StatusBadge status={key.status} />}
            name={key.name}
            tenant={key.tenant}
            action={way(key.tenant, paths.key(key.tenant.slug, key.id), "key")}
          >
            <span className="font-mono">
              {key.prefix}…{key.lastFour}
            </span>
            <span>
              made <RelativeTime at={key.createdAt} />, used <RelativeTime at={key.lastUsedAt} />
            </span>
            {key.revokedAt ? (
              <span>
                revoked <RelativeTime at={key.revokedAt} />
              </span>
            ) : key.expiresAt ? (
              <span>
                ends <RelativeTime at={key.expiresAt} />
              </span>
            ) : null}
          </Row>
        ))}
      </Kind>
      <Kind title="Tenants" shown={tenants.length}>
        {tenants.map((tenant) => (
          <Row
            key={tenant.id}
            lead={
              tenant.supportAllowed ? (
                <Badge tone="ok">lets support in</Badge>
              ) : (
                <Badge tone="warn">support off</Badge>
              )
            }
            name={<TextLink href={paths.supportTenant(tenant.slug)}>{tenant.name}</TextLink>}
            action={way(tenant, paths.overview(tenant.slug), "tenant")}
          >
            <span className="font-mono">{tenant.slug}</span>
          </Row>
        ))}
      </Kind>
    </>
  );
}

function JobFacts({ job }: { job: FoundJob }) {
  return (
    <>
      <CopyId value={job.id} label="job ID" short />
      {job.requestId ? (
        <span className="flex min-w-0 items-center gap-1">
          request <CopyId value={job.requestId} label="request ID" short />
        </span>
      ) : null}
      <span>
        {job.attempts} of {job.maxAttempts} attempts
      </span>
      <span>
        made <RelativeTime at={job.createdAt} />
        {job.finishedAt ? (
          <>
            , ended <RelativeTime at={job.finishedAt} />
          </>
        ) : null}
      </span>
      {job.errorFingerprint && job.state === "dead" ? (
        <TextLink href={paths.supportDeadGroup(job.errorFingerprint)}>Who else has this failure</TextLink>
      ) : null}
    </>
  );
}

function Kind({ title, shown, children }: { title: string; shown: number; children: ReactNode }) {
  if (shown === 0) return null;
  return (
    <Section title={title}>
      <ul aria-label={title} className="border-t">
        {children}
      </ul>
    </Section>
  );
}

function Row({
  lead,
  name,
  tenant,
  action,
  children,
}: {
  lead: ReactNode;
  name: ReactNode;
  /** Whose it is; left out for a tenant itself. */
  tenant?: { slug: string; name: string };
  action: ReactNode;
  children?: ReactNode;
}) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b py-2.5">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {lead}
          <span className="wrap-anywhere font-medium">{name}</span>
          {tenant ? (
            <>
              <span className="text-muted">in</span>
              <TextLink href={paths.supportTenant(tenant.slug)} className="wrap-anywhere">
                {tenant.name}
              </TextLink>
            </>
          ) : null}
        </p>
        {children ? (
          <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs">
            {children}
          </div>
        ) : null}
      </div>
      {action}
    </li>
  );
}
