import type { ReactNode } from "react";

/** One part of a person's settings: what it is about at the left, the settings at the right, below each other on a phone. */
export function AccountSection({
  id,
  title,
  description,
  children,
}: {
  /** Its hash, as in `paths.account(id)`. */
  id: string;
  title: string;
  description?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="scroll-mt-6 border-t py-6 lg:grid lg:grid-cols-[17rem_minmax(0,1fr)] lg:gap-x-12"
    >
      <div className="mb-4 lg:mb-0">
        <h2 id={`${id}-title`} className="font-semibold text-base">
          {title}
        </h2>
        {description ? <p className="mt-1 max-w-prose text-muted">{description}</p> : null}
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  );
}
