import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { z } from "zod";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { getKey } from "#lib/keys/queries.ts";
import { listRoutes } from "#lib/routes/queries.ts";
import { curlFor } from "../../routes/route-sample.ts";
import { KeyView } from "./key-view.tsx";

export const metadata: Metadata = { title: "Key" };

export default async function KeyPage({ params }: { params: Promise<{ tenant: string; id: string }> }) {
  const { tenant, id } = await params;
  const actor = await requireTenantActor(tenant);
  if (!z.uuid().safeParse(id).success) notFound();
  const key = await getKey(actor, { id }).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  });
  const routes = await listRoutes(actor, { method: "GET", auth: "api-key", limit: 1 });
  const path = key.authorizedRequests?.[0]?.path ?? routes.data[0]?.path ?? "/v1/example";
  return (
    <KeyView
      tenant={tenant}
      role={actor.tenant.role}
      initial={key}
      curl={curlFor(env.gatewayUrl, tenant, { method: "GET", path, authMode: "api-key" })}
      loadedAt={Date.now()}
    />
  );
}
