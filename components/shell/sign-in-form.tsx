"use client";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Field } from "#components/form/field.tsx";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { paths } from "#lib/paths.ts";
import { signInError } from "./sign-in-error.ts";

type Refusal = { message: string; until: number | null };

/** E-mail and password; goes to `returnTo`, an address of this console, when they are right. */
export function SignInForm({ returnTo }: { returnTo: string }) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [missing, setMissing] = useState<{ email?: string; password?: string }>({});
  const wait = useSecondsUntil(refusal?.until ?? null);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    // The code that sends the form is fetched while the person types.
    void import("next-auth/react");
  }, []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy || wait > 0) return;
    const fields = new FormData(event.currentTarget);
    const email = String(fields.get("email") ?? "").trim();
    const password = String(fields.get("password") ?? "");
    const lacking = {
      ...(email.includes("@") ? {} : { email: "Enter your e-mail address." }),
      ...(password ? {} : { password: "Enter your password." }),
    };
    setMissing(lacking);
    setRefusal(null);
    const first = Object.keys(lacking)[0];
    if (first) {
      form.current?.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
      return;
    }
    setBusy(true);
    try {
      const { signIn } = await import("next-auth/react");
      const result = await signIn("credentials", { email, password, redirect: false, callbackUrl: returnTo });
      if (result?.ok && !result.error) return location.assign(returnTo);
      refuse(result?.error ?? null);
    } catch {
      refuse(null);
    }
  };

  const refuse = (code: string | null) => {
    const { message, seconds } = signInError(code);
    setRefusal({ message, until: seconds === null ? null : Date.now() + seconds * 1_000 });
    setBusy(false);
    const password = form.current?.querySelector<HTMLInputElement>("[name=password]");
    password?.focus();
    password?.select();
  };

  return (
    <form ref={form} noValidate method="post" onSubmit={submit} className="space-y-4">
      <Field label="E-mail" error={missing.email}>
        <Input name="email" type="email" autoComplete="username" inputMode="email" autoFocus />
      </Field>
      <Field label="Password" error={missing.password}>
        <Input name="password" type="password" autoComplete="current-password" />
      </Field>
      <div role="alert">
        {refusal ? (
          <Notice tone="bad">
            {refusal.message}
            {refusal.until !== null
              ? wait > 0
                ? ` Try again in ${wait} s.`
                : " You can try again now."
              : ""}
          </Notice>
        ) : null}
      </div>
      <Button
        type="submit"
        variant="primary"
        className="w-full"
        loading={busy}
        disabledReason={wait > 0 ? `Wait ${wait} s: too many attempts.` : null}
      >
        Sign in
      </Button>
      <p className="text-center">
        <TextLink href={paths.forgotPassword()}>Forgot your password?</TextLink>
      </p>
    </form>
  );
}

/** Whole seconds that are left until a moment, counting down; 0 when it has passed. */
function useSecondsUntil(until: number | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    const update = () => setLeft(until === null ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1_000)));
    update();
    if (until === null) return;
    const timer = setInterval(update, 500);
    return () => clearInterval(timer);
  }, [until]);
  return left;
}
