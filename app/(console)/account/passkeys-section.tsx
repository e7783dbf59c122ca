"use client";
import { KeyRound } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { knowsPasskeys } from "#components/shell/passkey-ceremony.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { RowMenu } from "#components/ui/menu.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import { MOST_PASSKEYS, suggestedName, whyKeepLast } from "#lib/second-factors/rules.ts";
import type { Passkey, SecondFactors } from "#lib/second-factors/schema.ts";
import { AccountSection } from "./account-section.tsx";
import { useSecondFactors } from "./use-second-factors.ts";

const PasskeyDialog = lazy(() =>
  import("./passkey-dialog.tsx").then((module) => ({ default: module.PasskeyDialog })),
);
const RecoveryCodesDialog = lazy(() =>
  import("./recovery-codes-dialog.tsx").then((module) => ({ default: module.RecoveryCodesDialog })),
);

/** Passkeys: signing in without a password, and giving the second step without a code. */
export function PasskeysSection({ initial, email }: { initial: SecondFactors; email: string }) {
  const { factors, reload } = useSecondFactors(initial);
  const { passkeys, whyNoPasskeys } = factors;
  const [naming, setNaming] = useState<Passkey | "new" | null>(null);
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const add = useRef<HTMLButtonElement>(null);
  const [known, setKnown] = useState(true);
  useEffect(() => setKnown(knowsPasskeys()), []);

  const whyNot =
    whyNoPasskeys ??
    (known ? null : "This browser does not know passkeys, or not at this address.") ??
    (passkeys.length < MOST_PASSKEYS ? null : `You have ${MOST_PASSKEYS} passkeys, which is the most.`);
  const whyKeep = passkeys.length === 1 && !factors.totp ? whyKeepLast(factors.requiredBy) : null;
  const remove = async ({ id, name }: Passkey) => {
    await api.delete(`/me/passkeys/${id}`);
    await reload();
    toast.success("The passkey is removed.", `Your device may still offer “${name}”: delete it there too.`);
  };

  return (
    <AccountSection
      id="passkeys"
      title="Passkeys"
      description="Sign in with a finger, your face or a PIN. A passkey replaces password and code together, and cannot be given to a false site."
    >
      <div className="space-y-4">
        {whyNoPasskeys ? (
          <Notice title="Passkeys are not available at this address.">{whyNoPasskeys}</Notice>
        ) : null}
        {passkeys.length > 0 ? (
          <ul aria-label="Your passkeys" className="divide-y border-y">
            {passkeys.map((passkey) => (
              <li key={passkey.id} className="flex items-start gap-3 py-3">
                <KeyRound aria-hidden size={16} className="mt-0.5 shrink-0 text-muted" />
                <div className="min-w-0 flex-1">
                  <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                    <h3 className="wrap-anywhere font-medium">{passkey.name}</h3>
                    {passkey.synced ? <Badge title="On your other devices too">synced</Badge> : null}
                  </div>
                  <p className="mt-0.5 text-muted">
                    Added <RelativeTime at={passkey.createdAt} />, last used{" "}
                    <RelativeTime at={passkey.lastUsedAt} />.
                  </p>
                </div>
                <RowMenu
                  of={passkey.name}
                  items={[
                    { label: "Rename", onSelect: () => setNaming(passkey) },
                    null,
                    {
                      label: "Remove",
                      danger: true,
                      disabledReason: whyKeep,
                      onSelect: () => setRemoving(passkey),
                    },
                  ]}
                />
              </li>
            ))}
          </ul>
        ) : whyNoPasskeys ? null : (
          <p className="text-muted">You have no passkey yet.</p>
        )}
        {whyNoPasskeys ? null : (
          <Button ref={add} disabledReason={whyNot} onClick={() => setNaming("new")}>
            Add passkey
          </Button>
        )}
      </div>
      <Suspense>
        {naming ? (
          <PasskeyDialog
            passkey={naming === "new" ? null : naming}
            suggestion={suggestedName(navigator.userAgent)}
            {...(naming === "new" ? { finalFocus: add } : {})}
            onClose={() => setNaming(null)}
            onDone={(made) => {
              setCodes(made);
              void reload();
              toast.success(naming === "new" ? "The passkey is ready." : "The passkey is renamed.");
            }}
          />
        ) : null}
        {codes ? (
          <RecoveryCodesDialog codes={codes} email={email} finalFocus={add} onDone={() => setCodes(null)} />
        ) : null}
      </Suspense>
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title="Remove this passkey?"
        blastRadius={
          <p className="wrap-anywhere">
            “{removing?.name}” does not sign you in any more.
            {passkeys.length === 1 && !factors.totp
              ? " It is your only second factor: your password alone signs you in then, and your recovery codes end."
              : ""}
          </p>
        }
        confirmLabel="Remove passkey"
        onConfirm={async () => {
          if (removing) await remove(removing);
        }}
      />
    </AccountSection>
  );
}
