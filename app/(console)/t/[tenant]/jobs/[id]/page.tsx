import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { isUuid } from "#lib/contract/uuid.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { getJob } from "#lib/jobs/queries.ts";
import { getKey } from "#lib/keys/queries.ts";
import { getRoute } from "#lib/routes/queries.ts";
import { JobView } from "./job-view.tsx";

export const metadata: Metadata = { title: "Job" };

type Props = { params: Promise<{ tenant: string; id: string }> };

/** What `read` gives; null when there is no such thing (any more). */
async function ifThere<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") return null;
    throw error;
  }
}

export default async function JobPage({ params }: Props) {
  const { tenant, id } = await params;
  const actor = await requireTenantActor(tenant);
  const job = isUuid(id) ? await ifThere(getJob(actor, { id })) : null;
  if (!job) notFound();
  const [route, key] = await Promise.all([
    job.routeId ? ifThere(getRoute(actor, { id: job.routeId })) : null,
    job.apiKeyId ? ifThere(getKey(actor, { id: job.apiKeyId })) : null,
  ]);
  return (
    <JobView
      tenant={{ slug: actor.tenant.slug, role: actor.tenant.role }}
      initial={job}
      route={route ? { id: route.id, method: route.method, path: route.path } : null}
      apiKey={key ? { id: key.id, name: key.name } : null}
    />
  );
}
