import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { JsonView } from "#components/code/json-view.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { whyNot } from "#lib/access/permissions.ts";
import { getAuditEntry } from "#lib/audit-log/queries.ts";
import type { AuditEntryDetail } from "#lib/audit-log/schema.ts";
import { isUuid } from "#lib/contract/uuid.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { paths } from "#lib/paths.ts";
import { Sentence } from "../audit-columns.tsx";
import { DifferenceTable } from "../difference.tsx";
import { NotForYou } from "../not-for-you.tsx";
import { targetHref } from "../target-href.ts";

type Props = { params: Promise<{ tenant: string; id: string }> };

export const metadata: Metadata = { title: "Audit entry" };

/** One entry: what it says, what it changed, and where to go from it. */
export default async function AuditEntryPage({ params }: Props) {
  const { tenant: slug, id } = await params;
  const actor = await requireTenantActor(slug);
  const refusal = whyNot(actor.tenant.role, "audit.read");
  if (refusal) return <NotForYou reason={refusal} />;
  if (!isUuid(id)) notFound();
  const entry = await getAuditEntry(actor, { id }).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  });
  return (
    <div className="max-w-200">
      <PageHeader
        up={{ href: paths.audit(slug), label: "Audit" }}
        title={<Sentence entry={entry} />}
        meta={<Badge mono>{entry.action}</Badge>}
      />
      <Section title="What happened">
        <Facts items={factsOf(slug, entry)} />
      </Section>
      <Section title="What changed">
        <DifferenceTable before={entry.before} after={entry.after} />
      </Section>
      {entry.before === null && entry.after === null ? null : (
        <Section title="As it is stored">
          <div className="grid gap-4">
            {entry.before === null ? null : <JsonView value={entry.before} label="Before" />}
            {entry.after === null ? null : <JsonView value={entry.after} label="After" />}
          </div>
        </Section>
      )}
    </div>
  );
}

function factsOf(slug: string, entry: AuditEntryDetail) {
  const { actor, target } = entry;
  const href = targetHref(slug, entry);
  return [
    { name: "When", value: <RelativeTime at={entry.at} /> },
    {
      name: "Who",
      value: <TextLink href={paths.audit(slug, { actor: actor.label })}>{actor.label}</TextLink>,
    },
    ...(actor.tokenId
      ? [
          {
            name: "Access token",
            value: (
              <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <CopyId value={actor.tokenId} label="access token ID" />
                <TextLink href={paths.audit(slug, { q: actor.tokenId })}>All that it did</TextLink>
              </span>
            ),
          },
        ]
      : []),
    {
      name: "Target",
      value: (
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span>{target.type.replaceAll("_", " ")}</span>
          <CopyId value={target.id} label="target ID" />
          {href ? <TextLink href={href}>Go there</TextLink> : null}
          <TextLink href={paths.audit(slug, { target: target.id })}>All that happened to it</TextLink>
        </span>
      ),
    },
    ...(entry.reason ? [{ name: "Reason", value: entry.reason }] : []),
    {
      name: "Request",
      value: (
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <CopyId value={entry.requestId} label="request ID" />
          <TextLink href={paths.audit(slug, { request: entry.requestId })}>All that it did</TextLink>
        </span>
      ),
    },
    { name: "From", value: entry.ip ? <CopyId value={entry.ip} label="address" /> : "Gatehouse itself" },
    ...(entry.supportSessionId
      ? [
          {
            name: "Support session",
            value: <CopyId value={entry.supportSessionId} label="support session ID" />,
          },
        ]
      : []),
    { name: "Number in the chain", value: entry.seq === null ? "none" : entry.seq.toLocaleString("en") },
    { name: "Hash", value: entry.hash ? <CopyId value={entry.hash} label="hash" /> : "none" },
  ];
}
