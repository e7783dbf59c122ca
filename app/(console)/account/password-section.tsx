"use client";
import { lazy, Suspense, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Account } from "#lib/account/schema.ts";
import { AccountSection } from "./account-section.tsx";
import { useAccount } from "./use-account.ts";

const PasswordDialog = lazy(() =>
  import("./password-dialog.tsx").then((module) => ({ default: module.PasswordDialog })),
);

/** The password: when it was changed, and a way to change it or to have one at all. */
export function PasswordSection({ initial }: { initial: Account }) {
  const { account, reload } = useAccount(initial);
  const [asking, setAsking] = useState(false);
  const { hasPassword } = account;
  return (
    <AccountSection
      id="password"
      title="Password"
      description="With it and your e-mail address you sign in. Nobody can look it up, whoever runs this installation included."
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p>
          {hasPassword ? (
            <>
              Changed <RelativeTime at={account.passwordChangedAt} none="long ago" />.
            </>
          ) : (
            "You have none: you sign in with an identity provider or a passkey."
          )}
        </p>
        <Button onClick={() => setAsking(true)}>{hasPassword ? "Change password" : "Set a password"}</Button>
      </div>
      {asking ? (
        <Suspense>
          <PasswordDialog
            account={account}
            onClose={() => setAsking(false)}
            onChanged={() => {
              void reload();
              toast.success(
                hasPassword ? "Your password is changed" : "Your password is set",
                "Your other sessions have ended. Access tokens keep working.",
              );
            }}
          />
        </Suspense>
      ) : null}
    </AccountSection>
  );
}
