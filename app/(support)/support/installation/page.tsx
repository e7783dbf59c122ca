import type { Metadata } from "next";
import { requireOperator } from "#lib/access/current-actor.ts";
import { getInstallation } from "#lib/support/queries.ts";
import { InstallationView } from "./installation-view.tsx";

export const metadata: Metadata = { title: "Installation" };

export default async function InstallationPage() {
  const actor = await requireOperator();
  return <InstallationView initial={await getInstallation(actor)} />;
}
