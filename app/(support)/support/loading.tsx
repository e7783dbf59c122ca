import { Skeleton, TableSkeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <>
      <Skeleton className="mt-1 mb-9 h-6 w-40" />
      <TableSkeleton label="Loading the page" />
    </>
  );
}
