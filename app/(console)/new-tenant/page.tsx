import type { Metadata } from "next";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { requireActor } from "#lib/access/current-actor.ts";
import { paths } from "#lib/paths.ts";
import { NewTenantForm } from "./new-tenant-form.tsx";

export const metadata: Metadata = { title: "New tenant" };

export default async function NewTenantPage() {
  await requireActor();
  return (
    <PlainPage
      title="New tenant"
      lead="A tenant owns routes, keys and jobs, and nothing crosses from one to another. You become its owner."
    >
      <NewTenantForm />
      <p className="mt-6">
        <TextLink href={paths.home()}>Back to your tenants</TextLink>
      </p>
    </PlainPage>
  );
}
