import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";

/** The page for whoever may not read the log: it says so, and who may. */
export function NotForYou({ reason }: { reason: string }) {
  return (
    <>
      <PageHeader title="Audit" />
      <EmptyState title="The audit log is for owners and admins" body={reason} />
    </>
  );
}
