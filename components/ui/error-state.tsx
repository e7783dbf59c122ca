"use client";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { CopyId } from "./copy.tsx";
import { describeError } from "./describe-error.ts";

/** In place of what could not be shown: what happened, what to do, the request ID, and a way to try again. */
export function ErrorState({
  error,
  onRetry,
  action,
}: {
  error: unknown;
  onRetry?: () => unknown;
  action?: ReactNode;
}) {
  const words = describeError(error);
  return (
    <section role="alert" className="flex items-start gap-3 rounded-lg border px-5 py-6">
      <CircleAlert aria-hidden size={18} className="mt-0.5 shrink-0 text-bad" />
      <div className="min-w-0 space-y-3">
        <div className="space-y-1">
          <h2 className="font-semibold text-base">{words.what}</h2>
          <p className="text-base text-muted">{words.todo}</p>
          {words.requestId ? (
            <p className="flex flex-wrap items-center gap-1 text-muted text-xs">
              Request <CopyId value={words.requestId} label="request ID" />
            </p>
          ) : null}
        </div>
        <div className="flex flex-wrap gap-2 empty:hidden">
          {onRetry ? <Button onClick={() => void onRetry()}>Try again</Button> : null}
          {action}
        </div>
      </div>
    </section>
  );
}
