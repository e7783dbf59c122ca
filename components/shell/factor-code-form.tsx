"use client";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import { ApiError } from "#lib/api/client.ts";
import { plainCode, plainRecoveryCode } from "#lib/second-factors/rules.ts";

const KINDS = {
  code: {
    label: "Code of your app",
    hint: "Your authenticator app shows six new digits every 30 seconds.",
    plain: plainCode,
    whyNot: (plain: string) =>
      /^[0-9]{6}$/.test(plain) ? null : "Enter the six digits that your app shows.",
  },
  recoveryCode: {
    label: "Recovery code",
    hint: "One of the codes that you stored when you set up the second factor. Each works once.",
    plain: plainRecoveryCode,
    whyNot: (plain: string) =>
      /^[0-9a-z]{16}$/.test(plain) ? null : "Enter one code: 16 letters and digits, in four groups.",
  },
} as const;

type Props = {
  kind: keyof typeof KINDS;
  submitLabel: string;
  hint?: string;
  /** Does with the code what it is for; what it throws is shown. */
  onGiven: (code: string) => Promise<void>;
};

/** Asks for a code. */
export function FactorCodeForm({ kind, submitLabel, hint, onGiven }: Props) {
  const { label, plain, whyNot } = KINDS[kind];
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [lacking, setLacking] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const wait = useWait(error);
  const refused = error instanceof ApiError && error.status === 422 ? error.details[0]?.message : null;
  const slowed = error instanceof ApiError && error.status === 429;

  const send = async (text: string) => {
    if (busy || wait > 0) return;
    const reason = whyNot(plain(text));
    setLacking(reason);
    setError(null);
    if (reason) return field.current?.focus();
    setBusy(true);
    try {
      await onGiven(plain(text));
    } catch (failure) {
      setError(failure);
      setBusy(false);
      field.current?.focus();
      field.current?.select();
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A dialog below may be inside of a form of its own.
    event.stopPropagation();
    void send(typed);
  };

  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      <Field label={label} hint={hint ?? KINDS[kind].hint} error={lacking ?? refused}>
        <Input
          ref={field}
          name={kind}
          mono
          autoFocus
          spellCheck={false}
          autoCapitalize="none"
          autoComplete={kind === "code" ? "one-time-code" : "off"}
          inputMode={kind === "code" ? "numeric" : "text"}
          className={kind === "code" ? "text-lg tracking-[0.3em]" : "tracking-wide"}
          value={typed}
          onValueChange={setTyped}
        />
      </Field>
      {slowed ? (
        <div role="alert">
          <Notice tone="bad">
            Too many attempts.{wait > 0 ? ` Try again in ${wait} s.` : " You can try again now."}
          </Notice>
        </div>
      ) : error && !refused ? (
        <ErrorNotice error={error} />
      ) : null}
      <Button
        type="submit"
        variant="primary"
        className="w-full"
        loading={busy}
        disabledReason={wait > 0 ? `Wait ${wait} s: too many attempts.` : null}
      >
        {submitLabel}
      </Button>
    </form>
  );
}

/** Whole seconds that are left to wait after a refusal that says so, counting down. */
function useWait(error: unknown): number {
  const seconds = error instanceof ApiError && error.status === 429 ? (error.retryAfter ?? 1) : 0;
  const [left, setLeft] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal starts the clock anew, also for as many seconds
  useEffect(() => {
    const until = Date.now() + seconds * 1_000;
    const update = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1_000)));
    update();
    if (seconds === 0) return;
    const timer = setInterval(update, 500);
    return () => clearInterval(timer);
  }, [error, seconds]);
  return left;
}
