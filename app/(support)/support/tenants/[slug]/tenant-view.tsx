"use client";
import { Badge } from "#components/ui/badge.tsx";
import { CopyId } from "#components/ui/copy.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Facts, PageHeader, Section } from "#components/ui/page-header.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { paths } from "#lib/paths.ts";
import { failureText } from "#lib/support/rules.ts";
import type { SupportSession, SupportTenantDetail } from "#lib/support/schema.ts";
import { EnterButton } from "../../enter-button.tsx";
import { InsideList } from "../../inside-list.tsx";
import { SessionTable } from "../../sessions/session-table.tsx";

/** One tenant from outside: what is dead there, who was inside, and the way in. */
export function TenantView({
  tenant,
  sessions,
}: {
  tenant: SupportTenantDetail;
  sessions: readonly SupportSession[];
}) {
  const { dead } = tenant;
  const refusal = tenant.supportAllowed
    ? null
    : "The owners of this tenant have switched support access off.";
  const mine = sessions.filter((session) => session.open && session.mine);
  return (
    <>
      <PageHeader
        title={tenant.name}
        up={{ href: paths.supportTenants(), label: "Tenants" }}
        meta={tenant.supportAllowed ? null : <Badge tone="bad">support off</Badge>}
        actions={
          tenant.session ? null : (
            <EnterButton tenant={tenant} to={paths.overview(tenant.slug)} refusal={refusal} primary />
          )
        }
      />
      {refusal ? (
        <div className="mb-6">
          <Notice tone="warn" title={refusal}>
            Ask one of them to switch it on in the tenant’s settings, under “Support access”.
          </Notice>
        </div>
      ) : null}
      <InsideList sessions={mine} />
      <Section title="Tenant">
        <Facts
          items={[
            { name: "Address", value: <CopyId value={tenant.slug} label="slug" /> },
            { name: "Tenant ID", value: <CopyId value={tenant.id} label="tenant ID" /> },
            { name: "Made", value: <RelativeTime at={tenant.createdAt} /> },
            {
              name: "Dead letters",
              value:
                dead.jobs === 0
                  ? "none"
                  : `${dead.jobs.toLocaleString("en")}${dead.capped ? "+" : ""} jobs, ${dead.groups.toLocaleString("en")}${dead.capped ? "+" : ""} failures`,
            },
          ]}
        />
      </Section>
      {dead.latest.length > 0 ? (
        <Section title="Failures seen last">
          <ul aria-label="Failures seen last" className="border-t">
            {dead.latest.map((group) => (
              <li
                key={group.fingerprint}
                className="relative flex flex-wrap items-center gap-x-4 gap-y-1 border-b py-2 hover:bg-surface"
              >
                <TextLink
                  href={paths.supportDeadGroup(group.fingerprint)}
                  className="row-link wrap-anywhere line-clamp-2 min-w-0 flex-1 basis-72"
                >
                  {failureText(group.error)}
                </TextLink>
                <span className="whitespace-nowrap text-muted">
                  {group.dead.toLocaleString("en")} dead, last <RelativeTime at={group.lastSeen} />
                </span>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      <Section
        title="Support sessions"
        actions={
          sessions.length >= 10 ? (
            <TextLink href={paths.supportSessions({ tenant: tenant.slug })}>All of them</TextLink>
          ) : null
        }
      >
        {sessions.length > 0 ? (
          <SessionTable sessions={sessions} />
        ) : (
          <p className="text-muted">Nobody from support has been in this tenant.</p>
        )}
      </Section>
    </>
  );
}
