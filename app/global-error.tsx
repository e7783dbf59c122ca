"use client";
import "./globals.css";
import { PageError } from "#components/shell/page-error.tsx";

/** The last resort, when the frame of every page itself broke. */
export default function GlobalError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <html lang="en">
      <body>
        <title>Something broke · Gatehouse</title>
        <main className="mx-auto max-w-3xl px-5">
          <PageError error={error} retry={reset} />
        </main>
      </body>
    </html>
  );
}
