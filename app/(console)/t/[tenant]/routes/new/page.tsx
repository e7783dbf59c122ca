import type { Metadata } from "next";
import { z } from "zod";
import type { TenantActor } from "#lib/access/actor.ts";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { listFunctions } from "#lib/gateways/queries.ts";
import { getRoute } from "#lib/routes/queries.ts";
import type { DraftRoute } from "#lib/routes/schema.ts";
import { RouteEditor } from "../route-editor.tsx";

export const metadata: Metadata = { title: "Create route" };

type Props = {
  params: Promise<{ tenant: string }>;
  searchParams: Promise<{ from?: string | string[] }>;
};

/** The route to start from; null for an address that names none, or one that is gone. */
async function sourceOf(actor: TenantActor, from: unknown): Promise<DraftRoute | null> {
  const id = z.uuid().safeParse(from);
  if (!id.success) return null;
  try {
    return await getRoute(actor, { id: id.data });
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") return null;
    throw error;
  }
}

export default async function NewRoutePage({ params, searchParams }: Props) {
  const { tenant } = await params;
  const { from } = await searchParams;
  const actor = await requireTenantActor(tenant);
  const [functions, copyOf] = await Promise.all([listFunctions(actor, undefined), sourceOf(actor, from)]);
  return (
    <RouteEditor
      key={copyOf?.id ?? "new"}
      tenant={tenant}
      role={actor.tenant.role}
      gatewayUrl={env.gatewayUrl}
      functions={functions.map(({ name }) => name)}
      route={null}
      copyOf={copyOf}
    />
  );
}
