import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { env } from "#lib/env.ts";
import { flatSearchParams, type SearchParams } from "../routes/search-params.ts";
import { ExplainPageView } from "./explain-view.tsx";

export const metadata: Metadata = { title: "Explain" };

type Props = { params: Promise<{ tenant: string }>; searchParams: SearchParams };

export default async function ExplainPage({ params, searchParams }: Props) {
  const { tenant } = await params;
  await requireTenantActor(tenant);
  const asked = await flatSearchParams(searchParams);
  return (
    <ExplainPageView key={JSON.stringify(asked)} tenant={tenant} gatewayUrl={env.gatewayUrl} asked={asked} />
  );
}
