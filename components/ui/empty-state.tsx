import type { ReactNode } from "react";

/** What belongs here and the one next step; where it helps, the same step as a curl in `children`. */
export function EmptyState({
  title,
  body,
  action,
  children,
}: {
  title: string;
  body: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section className="flex flex-col items-start gap-3 rounded-lg border border-dashed px-5 py-8 sm:px-8">
      <div className="max-w-prose space-y-1">
        <h2 className="font-semibold text-base">{title}</h2>
        <p className="text-base text-muted">{body}</p>
      </div>
      {action}
      {children ? <div className="w-full min-w-0 max-w-3xl">{children}</div> : null}
    </section>
  );
}
