import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";

/** Something inside a tenant that does not exist: the sidebar stays, so there is somewhere to go. */
export default function TenantNotFound() {
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState
        title="There is nothing here"
        body="It may have been deleted, or the address is mistyped. The list it belongs to is in the sidebar."
      />
    </>
  );
}
