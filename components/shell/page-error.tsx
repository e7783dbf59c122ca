"use client";
import { lazy, Suspense } from "react";

export type PageErrorProps = { error: Error & { digest?: string }; retry: () => void };

/** Where nothing can be fetched any more, what is left to say. */
const Bare = ({ error, retry }: PageErrorProps) => (
  <section role="alert" className="space-y-4 py-8">
    <h1 className="font-semibold text-xl">This page could not be shown</h1>
    <p>{error.digest}</p>
    <button type="button" className="underline" onClick={retry}>
      Try again
    </button>
  </section>
);

const Words = lazy(() =>
  import("./page-error-words.tsx").then(
    (module) => ({ default: module.PageErrorWords }),
    () => ({ default: Bare }),
  ),
);

/** In place of a page that broke. Every page brings this along, several times over: what it says is fetched when needed. */
export function PageError(props: PageErrorProps) {
  return (
    <Suspense>
      <Words {...props} />
    </Suspense>
  );
}
