import type { Metadata } from "next";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { paths } from "#lib/paths.ts";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <PlainPage
      title="There is nothing here"
      lead="The address may be mistyped, the thing may have been deleted, or it belongs to a tenant you are no member of."
    >
      <LinkButton href={paths.home()} variant="primary">
        Go to your tenants
      </LinkButton>
    </PlainPage>
  );
}
