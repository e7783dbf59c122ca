"use client";
import { KeyRound, LifeBuoy, Smartphone } from "lucide-react";
import { type ReactNode, useState } from "react";
import { signOutHere } from "#components/shell/account.ts";
import { FactorCodeForm } from "#components/shell/factor-code-form.tsx";
import { PasskeyButton } from "#components/shell/passkey-button.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { toast } from "#components/ui/toast.tsx";
import { ApiError, api } from "#lib/api/client.ts";
import { paths } from "#lib/paths.ts";

type Has = { passkey: boolean; passkeyElsewhere: string | null; totp: boolean; recoveryCode: boolean };
type Way = "passkey" | "totp" | "recoveryCode";

const OTHERS: Record<Way, { label: string; icon: ReactNode }> = {
  passkey: { label: "Use a passkey", icon: <KeyRound aria-hidden size={14} /> },
  totp: { label: "Use a code of your app", icon: <Smartphone aria-hidden size={14} /> },
  recoveryCode: { label: "Use a recovery code", icon: <LifeBuoy aria-hidden size={14} /> },
};

/** One way at a time, the easiest first; the others are a press away. */
export function SecondFactorForm({ has, returnTo }: { has: Has; returnTo: string }) {
  const ways = (["passkey", "totp", "recoveryCode"] as const).filter((way) => has[way]);
  const [way, setWay] = useState<Way | undefined>(ways[0]);

  const give = async (factor: unknown) => {
    try {
      await api.post("/sign-in/second-factor", factor);
      location.assign(returnTo);
    } catch (error) {
      // The ten minutes are over, or it was given in another tab.
      if (error instanceof ApiError && error.status === 401) location.assign(paths.signIn(returnTo));
      throw error;
    }
  };

  return (
    <div className="space-y-6">
      {has.passkeyElsewhere ? (
        <Notice tone="warn" title="Your passkeys cannot be used here.">
          {has.passkeyElsewhere}
        </Notice>
      ) : null}
      {way === "passkey" ? (
        <PasskeyButton
          autoFocus
          label="Continue with your passkey"
          challenge="/sign-in/second-factor/challenge"
          onGiven={(passkey) => give({ passkey })}
        />
      ) : null}
      {way === "totp" ? (
        <FactorCodeForm kind="code" submitLabel="Continue" onGiven={(code) => give({ code })} />
      ) : null}
      {way === "recoveryCode" ? (
        <FactorCodeForm
          kind="recoveryCode"
          submitLabel="Continue"
          onGiven={(recoveryCode) => give({ recoveryCode })}
        />
      ) : null}
      {way === undefined ? (
        <Notice tone="bad" title="There is nothing left that you could give.">
          Ask whoever runs this console to take your lost factors away: they can, once they know that it is
          you.
        </Notice>
      ) : null}
      <div className="flex flex-col gap-2 border-t pt-4">
        {ways
          .filter((other) => other !== way)
          .map((other) => (
            <Button key={other} icon={OTHERS[other].icon} className="w-full" onClick={() => setWay(other)}>
              {OTHERS[other].label}
            </Button>
          ))}
        <Button
          variant="quiet"
          className="w-full"
          onClick={() => void signOutHere().catch((error: unknown) => toast.error(error))}
        >
          Sign in as somebody else
        </Button>
      </div>
    </div>
  );
}
