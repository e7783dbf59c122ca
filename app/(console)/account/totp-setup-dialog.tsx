"use client";
import { lazy, Suspense } from "react";
import { FactorCodeForm } from "#components/shell/factor-code-form.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { api } from "#lib/api/client.ts";
import type { TotpSetup } from "#lib/second-factors/schema.ts";

const QrCode = lazy(() => import("./qr-code.tsx").then((module) => ({ default: module.QrCode })));

/** Shows an authenticator app's secret, this once, and makes it count by the first code. */
export function TotpSetupDialog({
  setup,
  replaces,
  onClose,
  onDone,
}: {
  /** The secret, held by the page only while this dialog is open; null keeps the dialog shut. */
  setup: TotpSetup | null;
  replaces: boolean;
  onClose: () => void;
  onDone: (recoveryCodes: string[] | null) => void;
}) {
  return (
    <Dialog
      open={setup !== null}
      onClose={onClose}
      title={replaces ? "Replace your authenticator app" : "Set up an authenticator app"}
      description={
        replaces
          ? "The app that you have goes on until a code of the new one is right."
          : "Any app for one-time codes will do. Nothing changes until a code of it is right."
      }
    >
      {setup ? (
        <ol className="space-y-6">
          <li>
            <h3 className="font-semibold">1. Scan this with the app</h3>
            <div className="mt-3 flex flex-col gap-4 sm:flex-row sm:items-center">
              <Suspense fallback={<Skeleton className="size-48" />}>
                <QrCode text={setup.uri} label="QR code with the secret for your authenticator app" />
              </Suspense>
              <div className="min-w-0 flex-1 space-y-2">
                <p className="text-muted">Or type this into it. It is shown this once.</p>
                <code data-secret translate="no" className="block select-all break-words font-mono text-sm">
                  {setup.secret.match(/.{1,4}/g)?.join(" ")}
                </code>
                <CopyButton value={setup.secret} label="Copy secret" size="small" />
              </div>
            </div>
          </li>
          <li>
            <h3 className="mb-3 font-semibold">2. Enter the code that it shows</h3>
            <FactorCodeForm
              kind="code"
              submitLabel={replaces ? "Replace app" : "Turn on codes"}
              onGiven={async (code) => {
                const answer = await api.post<{ recoveryCodes: string[] | null }>(
                  "/me/second-factors/totp/confirm",
                  { code },
                );
                onDone(answer.recoveryCodes);
              }}
            />
          </li>
        </ol>
      ) : null}
    </Dialog>
  );
}
