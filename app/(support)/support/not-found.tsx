import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { paths } from "#lib/paths.ts";

/** A tenant or a failure that is not there, or no longer. */
export default function DeskNotFound() {
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState
        title="There is nothing here"
        body="The address may be mistyped, the tenant may be deleted, or nothing of that failure is dead any more."
        action={<LinkButton href={paths.support()}>Find something else</LinkButton>}
      />
    </>
  );
}
