import type { Metadata } from "next";
import { requireTenantActor } from "#lib/access/current-actor.ts";
import { SettingsView } from "./settings-view.tsx";

export const metadata: Metadata = { title: "Settings" };

type Props = { params: Promise<{ tenant: string }> };

export default async function SettingsPage({ params }: Props) {
  const { tenant, email } = await requireTenantActor((await params).tenant);
  return <SettingsView tenant={tenant} email={email} />;
}
