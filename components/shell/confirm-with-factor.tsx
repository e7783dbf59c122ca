"use client";
import { Smartphone } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { api } from "#lib/api/client.ts";
import type { ConfirmationWay } from "#lib/sign-in/schema.ts";
import { FactorCodeForm } from "./factor-code-form.tsx";
import { PasskeyButton } from "./passkey-button.tsx";

/** A passkey or a code of the app, for somebody who proves again that it is them; nothing for whoever has neither. */
export function ConfirmWithFactor({
  ways,
  onConfirmed,
}: {
  ways: readonly ConfirmationWay[];
  onConfirmed: () => void;
}) {
  const only = ways.length === 1;
  const [typing, setTyping] = useState(only);
  const [passkey, totp] = [ways.includes("passkey"), ways.includes("totp")];
  if (!passkey && !totp) return null;
  const give = async (factor: unknown) => {
    await api.post("/me/confirm", factor);
    onConfirmed();
  };
  return (
    <div className={only ? "space-y-2" : "space-y-2 border-t pt-4"}>
      {passkey ? (
        <PasskeyButton
          label="Confirm with a passkey"
          variant={only ? "primary" : "secondary"}
          challenge="/me/confirm/challenge"
          onGiven={(given) => give({ passkey: given })}
        />
      ) : null}
      {totp && !typing ? (
        <Button
          className="w-full"
          icon={<Smartphone aria-hidden size={14} />}
          onClick={() => setTyping(true)}
        >
          Confirm with a code of your app
        </Button>
      ) : null}
      {totp && typing ? (
        <FactorCodeForm kind="code" submitLabel="Confirm with this code" onGiven={(code) => give({ code })} />
      ) : null}
    </div>
  );
}
