import { cx } from "./cx.ts";

/** A place kept for what is coming, in its final size. Nothing is seen of it for the first 100 ms. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cx("animate-appear rounded-sm bg-hover", className)} />;
}

/** The place of a table: its header and `rows` rows as high as the real ones. */
export function TableSkeleton({ rows = 8, label = "Loading" }: { rows?: number; label?: string }) {
  return (
    <div role="status" aria-label={label}>
      <div className="h-9 border-b" />
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={index} className="flex h-16 items-center gap-6 border-b px-2 sm:h-10">
          <Skeleton className="h-4 w-20" />
          <Skeleton className="h-4 w-48 max-w-[40%]" />
          <Skeleton className="ml-auto h-4 w-24" />
        </div>
      ))}
    </div>
  );
}
