import type { Metadata } from "next";
import { requireOperator } from "#lib/access/current-actor.ts";
import { getSetup, listOperators } from "#lib/installation/queries.ts";
import { getInstallation } from "#lib/support/queries.ts";
import { InstallationView } from "./installation-view.tsx";

export const metadata: Metadata = { title: "Installation" };

export default async function InstallationPage() {
  const actor = await requireOperator();
  const [initial, setup, operators] = await Promise.all([
    getInstallation(actor),
    getSetup(actor),
    listOperators(actor),
  ]);
  return <InstallationView initial={initial} setup={setup} operators={operators} />;
}
