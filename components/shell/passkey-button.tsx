"use client";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ErrorNotice, Notice } from "#components/ui/notice.tsx";
import type { Assertion } from "#lib/second-factors/schema.ts";
import { askForPasskey, PasskeyProblem } from "./passkey-ceremony.ts";

/** Asks for a passkey when it is pressed, hands over what the browser gave, and says what went wrong. */
export function PasskeyButton({
  label,
  challenge,
  variant = "primary",
  autoFocus,
  onGiven,
}: {
  label: string;
  /** Where the challenge comes from. */
  challenge: string;
  variant?: "primary" | "secondary";
  /** On a page that asks for nothing else first. */
  autoFocus?: boolean;
  onGiven: (passkey: Assertion) => Promise<void>;
}) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const press = async () => {
    setBusy(true);
    setError(null);
    try {
      await onGiven(await askForPasskey(challenge));
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <div className="space-y-3">
      <Button
        variant={variant}
        className="w-full"
        icon={<KeyRound aria-hidden size={14} />}
        loading={busy}
        autoFocus={autoFocus}
        onClick={press}
      >
        {label}
      </Button>
      {error instanceof PasskeyProblem ? (
        <div role="alert">
          <Notice tone="bad">{error.message}</Notice>
        </div>
      ) : (
        <ErrorNotice error={error} />
      )}
    </div>
  );
}
