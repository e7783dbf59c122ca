"use client";
import { FactorCodeForm } from "#components/shell/factor-code-form.tsx";
import { PasskeyButton } from "#components/shell/passkey-button.tsx";
import { api } from "#lib/api/client.ts";

/** Gives the second factor in the session that there is, and goes where it was asked for. */
export function GiveFactor({
  has,
  returnTo,
}: {
  has: { passkey: boolean; totp: boolean };
  returnTo: string;
}) {
  const give = async (factor: unknown) => {
    await api.post("/me/confirm", factor);
    location.assign(returnTo);
  };
  return (
    <div className="space-y-5">
      {has.passkey ? (
        <PasskeyButton
          autoFocus={!has.totp}
          label="Continue with your passkey"
          challenge="/me/confirm/challenge"
          onGiven={(passkey) => give({ passkey })}
        />
      ) : null}
      {has.totp ? (
        <FactorCodeForm kind="code" submitLabel="Continue" onGiven={(code) => give({ code })} />
      ) : null}
    </div>
  );
}
