"use client";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import type { ConfirmationWay, WaysToConfirm } from "#lib/sign-in/schema.ts";
import { ConfirmWithFactor } from "./confirm-with-factor.tsx";
import { ConfirmWithProvider } from "./confirm-with-provider.tsx";

/** What one way of proving it is given: it says when that is done. */
export type ConfirmationProps = { onConfirmed: () => void };

/**
 * The one question for somebody who has to prove again that it is them. Each way is a component of its own; a person is
 * shown those that they have.
 */
export function ConfirmIdentity({ onAnswer }: { onAnswer: (confirmed: boolean) => void }) {
  const [open, setOpen] = useState(true);
  const confirmed = useRef(false);
  const ways = useQuery({
    queryKey: ["ways-to-confirm"],
    queryFn: async () => (await api.get<WaysToConfirm>("/me/confirm")).ways,
  });
  const onConfirmed = () => {
    confirmed.current = true;
    setOpen(false);
  };
  return (
    <Dialog
      open={open}
      onClose={() => setOpen(false)}
      onClosed={() => onAnswer(confirmed.current)}
      size="small"
      title="Confirm that it is you"
      description="What you are about to do cannot be taken back easily. You are asked at most once in 15 minutes."
    >
      {ways.data ? (
        <Ways ways={ways.data} onConfirmed={onConfirmed} />
      ) : ways.isError ? (
        <ErrorState error={ways.error} onRetry={() => ways.refetch()} />
      ) : (
        <Skeleton className="h-24" />
      )}
    </Dialog>
  );
}

function Ways({ ways, onConfirmed }: { ways: readonly ConfirmationWay[] } & ConfirmationProps) {
  if (ways.length === 0) {
    return (
      <Notice tone="warn" title="There is nothing you could confirm it with.">
        Sign out and sign in again: for 15 minutes after that you are not asked.
      </Notice>
    );
  }
  return (
    <div className="space-y-5">
      {ways.includes("password") ? <ConfirmWithPassword onConfirmed={onConfirmed} /> : null}
      <ConfirmWithFactor ways={ways} onConfirmed={onConfirmed} />
      {ways.includes("provider") ? <ConfirmWithProvider onConfirmed={onConfirmed} /> : null}
    </div>
  );
}

function ConfirmWithPassword({ onConfirmed }: ConfirmationProps) {
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const field = useRef<HTMLInputElement>(null);
  const wrong = error instanceof ApiError && error.status === 422 ? error.details[0]?.message : null;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // A dialog below may be inside of a form of its own.
    event.stopPropagation();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await api.post("/me/confirm", { password });
      onConfirmed();
    } catch (reason) {
      setError(reason);
      field.current?.focus();
      field.current?.select();
    } finally {
      setBusy(false);
    }
  };

  return (
    <form noValidate onSubmit={submit} className="space-y-3">
      <Field label="Your password" error={wrong}>
        <Input
          ref={field}
          type="password"
          autoComplete="current-password"
          autoFocus
          value={password}
          onValueChange={setPassword}
        />
      </Field>
      {error && !wrong ? <ErrorNotice error={error} /> : null}
      <Button
        type="submit"
        variant="primary"
        className="w-full"
        loading={busy}
        disabledReason={password ? null : "Enter your password first."}
      >
        Confirm
      </Button>
    </form>
  );
}
