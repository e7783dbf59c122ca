import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { whyNot } from "#lib/access/permissions.ts";
import { fromCursor, type PageSearch, pageInput } from "#lib/api/page-input.ts";
import { getAuditChoices, listAudit } from "#lib/audit-log/queries.ts";
import { type AuditFilters, auditFilters, FILTER_NAMES } from "#lib/audit-log/schema.ts";
import { AuditView } from "./audit-view.tsx";
import { NotForYou } from "./not-for-you.tsx";

type Props = { params: Promise<{ tenant: string }>; searchParams: PageSearch };

export const metadata: Metadata = { title: "Audit" };

/** What of the address can be a filter; a mangled one is left out, so that a mangled link shows a list. */
function filtersOf(given: Record<string, string | undefined>): AuditFilters {
  const filters: AuditFilters = {};
  for (const name of FILTER_NAMES) {
    const { data } = auditFilters[name].safeParse(given[name]);
    if (data) filters[name] = data;
  }
  return filters;
}

export default async function AuditPage({ params, searchParams }: Props) {
  const actor = await requireTenantActor((await params).tenant);
  const refusal = whyNot(actor.tenant.role, "audit.read");
  if (refusal) return <NotForYou reason={refusal} />;
  const given = await pageInput(searchParams, [...FILTER_NAMES, "cursor"]);
  const filters = filtersOf(given);
  const [{ cursor, page }, choices] = await Promise.all([
    fromCursor(given.cursor, (from) => listAudit(actor, { ...filters, limit: 50, cursor: from })),
    getAuditChoices(actor, undefined),
  ]);
  return (
    <AuditView
      tenant={actor.tenant.slug}
      filters={filters}
      cursor={cursor}
      choices={choices}
      initial={{ data: page.data, nextCursor: page.next_cursor }}
    />
  );
}
