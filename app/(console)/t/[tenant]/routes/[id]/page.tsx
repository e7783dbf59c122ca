import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { listFunctions } from "#lib/gateways/queries.ts";
import { getRoute } from "#lib/routes/queries.ts";
import { RouteEditor } from "../route-editor.tsx";

export const metadata: Metadata = { title: "Route" };

export default async function RoutePage({ params }: { params: Promise<{ tenant: string; id: string }> }) {
  const { tenant, id } = await params;
  const actor = await requireTenantActor(tenant);
  if (!z.uuid().safeParse(id).success) notFound();
  const [route, functions] = await Promise.all([
    getRoute(actor, { id }).catch((error: unknown) => {
      if (error instanceof DomainError && error.code === "not_found") notFound();
      throw error;
    }),
    listFunctions(actor, undefined),
  ]);
  return (
    <RouteEditor
      key={route.id}
      tenant={tenant}
      role={actor.tenant.role}
      gatewayUrl={env.gatewayUrl}
      functions={functions.map(({ name }) => name)}
      route={route}
    />
  );
}
