"use client";
import { PageError } from "#components/shell/page-error.tsx";

export default function RootError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main className="mx-auto max-w-3xl px-5">
      <PageError error={error} retry={reset} />
    </main>
  );
}
