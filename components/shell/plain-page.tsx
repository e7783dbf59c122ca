import type { ReactNode } from "react";
import { Mark } from "./mark.tsx";

/** A page outside of any tenant: the mark, one title, one thing to do. */
export function PlainPage({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-96 flex-col justify-center px-5 py-12">
      <p className="mb-8 flex items-center gap-2 font-semibold text-base">
        <Mark />
        Gatehouse
      </p>
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      {lead ? <p className="mt-1 text-base text-muted">{lead}</p> : null}
      <div className="mt-6">{children}</div>
    </main>
  );
}
