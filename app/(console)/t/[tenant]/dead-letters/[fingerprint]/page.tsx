import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { getGroup } from "#lib/dead-letters/queries.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { GroupView } from "./group-view.tsx";

export const metadata: Metadata = { title: "Group of dead letters" };

type Props = { params: Promise<{ tenant: string; fingerprint: string }> };

export default async function DeadLetterGroupPage({ params }: Props) {
  const { tenant, fingerprint } = await params;
  const actor = await requireTenantActor(tenant);
  const group = await getGroup(actor, { fingerprint }).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  });
  return <GroupView tenant={actor.tenant.slug} role={actor.tenant.role} initial={group} />;
}
