"use client";
import { LifeBuoy, Smartphone } from "lucide-react";
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { RowMenu } from "#components/ui/menu.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { api } from "#lib/api/client.ts";
import { FEW_RECOVERY_CODES, listed, whyKeepLast } from "#lib/second-factors/rules.ts";
import type { SecondFactors, TotpSetup } from "#lib/second-factors/schema.ts";
import { AccountSection } from "./account-section.tsx";
import { useSecondFactors } from "./use-second-factors.ts";

const TotpSetupDialog = lazy(() =>
  import("./totp-setup-dialog.tsx").then((module) => ({ default: module.TotpSetupDialog })),
);
const RecoveryCodesDialog = lazy(() =>
  import("./recovery-codes-dialog.tsx").then((module) => ({ default: module.RecoveryCodesDialog })),
);

type Asking = "turn-off" | "renew" | null;

/** The second step of signing in: the authenticator app, and the codes for the day on which it is lost. */
export function TwoFactorSection({
  initial,
  email,
  goOn,
}: {
  initial: SecondFactors;
  email: string;
  /** Where a second factor was asked for, for whoever came from there. */
  goOn: string | null;
}) {
  const { factors, reload } = useSecondFactors(initial);
  const { totp, recoveryCodes, requiredBy, whyNoTotp } = factors;
  const [setup, setSetup] = useState<TotpSetup | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [asking, setAsking] = useState<Asking>(null);
  const renewal = useRef<HTMLButtonElement>(null);
  const [busy, setBusy] = useState(false);
  const on = totp !== null || factors.passkeys.length > 0;
  const whyNotOff = factors.passkeys.length === 0 ? whyKeepLast(requiredBy) : null;

  const begin = async () => {
    setBusy(true);
    try {
      setSetup(await api.post<TotpSetup>("/me/second-factors/totp"));
    } catch (error) {
      toast.error(error);
    } finally {
      setBusy(false);
    }
  };
  const turnOff = async () => {
    await api.delete("/me/second-factors/totp");
    await reload();
    toast.success("Your authenticator app is turned off.");
  };
  const renew = async () => {
    setCodes(
      (await api.post<{ recoveryCodes: string[] }>("/me/second-factors/recovery-codes")).recoveryCodes,
    );
    await reload();
  };

  return (
    <AccountSection
      id="two-factor"
      title="Second factor"
      description="Besides the password, signing in asks for a second factor that only you have: a code of an app on your phone, or a passkey."
    >
      <div className="space-y-4">
        <Demand requiredBy={requiredBy} on={on} />
        {on && goOn ? (
          <Notice
            title="You have a second factor now."
            action={
              <LinkButton variant="primary" href={goOn}>
                Go on to where you were going
              </LinkButton>
            }
          />
        ) : null}
        <ul className="divide-y border-y">
          <Row
            icon={<Smartphone aria-hidden size={16} />}
            title="Authenticator app"
            state={totp ? <Badge tone="ok">on</Badge> : <Badge>off</Badge>}
            action={
              totp ? (
                <RowMenu
                  of="authenticator app"
                  items={[
                    { label: "Replace app", disabledReason: whyNoTotp, onSelect: () => void begin() },
                    null,
                    {
                      label: "Turn off",
                      danger: true,
                      disabledReason: whyNotOff,
                      onSelect: () => setAsking("turn-off"),
                    },
                  ]}
                />
              ) : (
                <Button loading={busy} disabledReason={whyNoTotp} onClick={begin}>
                  Set up app
                </Button>
              )
            }
          >
            {totp ? (
              <>
                Set up <RelativeTime at={totp.since} />, last used <RelativeTime at={totp.lastUsedAt} />.
              </>
            ) : (
              (whyNoTotp ?? "Shows a new code every 30 seconds, also without a network.")
            )}
          </Row>
          {recoveryCodes ? (
            <Row
              icon={<LifeBuoy aria-hidden size={16} />}
              title="Recovery codes"
              state={
                <Badge tone={recoveryCodes.left <= FEW_RECOVERY_CODES ? "warn" : "neutral"}>
                  {recoveryCodes.left} of {recoveryCodes.of} left
                </Badge>
              }
              action={
                <Button ref={renewal} onClick={() => setAsking("renew")}>
                  Make new codes
                </Button>
              }
            >
              Made <RelativeTime at={recoveryCodes.since} />. Each signs you in once when the rest is lost.
            </Row>
          ) : null}
        </ul>
        {recoveryCodes && recoveryCodes.left <= FEW_RECOVERY_CODES ? (
          <Notice tone="warn">
            {recoveryCodes.left === 0
              ? "You have no recovery codes left. Make new ones before you need them."
              : `You have only ${recoveryCodes.left} recovery ${recoveryCodes.left === 1 ? "code" : "codes"} left. Make new ones before you need them.`}
          </Notice>
        ) : null}
      </div>
      <Suspense>
        {setup ? (
          <TotpSetupDialog
            setup={setup}
            replaces={totp !== null}
            onClose={() => setSetup(null)}
            onDone={(made) => {
              setSetup(null);
              setCodes(made);
              void reload();
              toast.success(
                totp ? "Your authenticator app is replaced." : "Your authenticator app is turned on.",
              );
            }}
          />
        ) : null}
        {codes ? (
          <RecoveryCodesDialog
            codes={codes}
            email={email}
            finalFocus={renewal}
            onDone={() => setCodes(null)}
          />
        ) : null}
      </Suspense>
      <ConfirmDialog
        open={asking === "turn-off"}
        onClose={() => setAsking(null)}
        title="Turn off the authenticator app?"
        blastRadius={
          factors.passkeys.length > 0
            ? "Its codes are not taken any more. Your passkeys and recovery codes go on."
            : "Your password alone signs you in then. Your recovery codes end too."
        }
        confirmLabel="Turn off app"
        onConfirm={turnOff}
      />
      <ConfirmDialog
        open={asking === "renew"}
        onClose={() => setAsking(null)}
        tone="primary"
        title="Make new recovery codes?"
        blastRadius="The codes that you have stored end at once, and the new ones take their place."
        confirmLabel="Make new codes"
        onConfirm={renew}
      />
    </AccountSection>
  );
}

/** What the person's tenants ask for, when they ask. */
function Demand({ requiredBy, on }: { requiredBy: readonly string[]; on: boolean }) {
  if (requiredBy.length === 0) return null;
  const names = listed(requiredBy);
  const asks = requiredBy.length === 1 ? "asks" : "ask";
  return on ? (
    <p className="wrap-anywhere text-muted">
      {names} {asks} everybody for a second factor.
    </p>
  ) : (
    <Notice tone="warn" title={`${names} ${asks} everybody for a second factor.`}>
      Set up an app or a passkey to get in there.
    </Notice>
  );
}

function Row({
  icon,
  title,
  state,
  action,
  children,
}: {
  icon: ReactNode;
  title: string;
  state: ReactNode;
  action: ReactNode;
  children: ReactNode;
}) {
  return (
    <li className="flex items-start gap-3 py-3">
      <span className="mt-0.5 text-muted">{icon}</span>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <h3 className="font-medium">{title}</h3>
          {state}
        </div>
        <p className="wrap-anywhere mt-0.5 text-muted">{children}</p>
      </div>
      {action}
    </li>
  );
}
