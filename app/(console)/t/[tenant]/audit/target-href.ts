import type { AuditEntry } from "#lib/audit-log/schema.ts";
import { paths } from "#lib/paths.ts";

/** Where what it happened to is seen; null where there is nothing of that kind to see. */
export function targetHref(tenant: string, { target: { type, id } }: AuditEntry): string | null {
  const places: Record<string, string> = {
    tenant: paths.settings(tenant),
    member: paths.members(tenant),
    invitation: paths.invitations(tenant),
    route: paths.route(tenant, id),
    draft: paths.changes(tenant),
    key: paths.key(tenant, id),
    claim: paths.claims(tenant),
    issuer: paths.issuers(tenant),
    job: paths.job(tenant, id),
    "job-view": paths.jobs(tenant),
    webhook: paths.webhook(tenant, id),
    alert: paths.alerts(tenant),
    run: paths.deadLetterRun(tenant, id),
    token: paths.tokens(tenant),
    support_session: paths.supportAccess(tenant),
  };
  if (type === "revision")
    return /^\d{1,9}$/.test(id) ? paths.revision(tenant, Number(id)) : paths.revisions(tenant);
  return places[type] ?? null;
}
