import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireOperator } from "#lib/access/current-actor.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { getAnyTenant, listSupportSessions } from "#lib/support/queries.ts";
import { TenantView } from "./tenant-view.tsx";

type Props = { params: Promise<{ slug: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).slug };
}

export default async function TenantPage({ params }: Props) {
  const actor = await requireOperator();
  const { slug } = await params;
  try {
    const tenant = await getAnyTenant(actor, { slug });
    const sessions = await listSupportSessions(actor, { tenant: slug, limit: 10 });
    return <TenantView tenant={tenant} sessions={sessions.data} />;
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  }
}
