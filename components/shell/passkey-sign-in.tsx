"use client";
import { api } from "#lib/api/client.ts";
import { PasskeyButton } from "./passkey-button.tsx";

/** Signing in without a password, for whoever has a passkey here; goes to `returnTo`, an address of this console. */
export function PasskeySignIn({ returnTo }: { returnTo: string }) {
  return (
    <PasskeyButton
      label="Sign in with a passkey"
      variant="secondary"
      challenge="/sign-in/passkey/challenge"
      onGiven={async (passkey) => {
        await api.post("/sign-in/passkey", passkey);
        location.assign(returnTo);
      }}
    />
  );
}
