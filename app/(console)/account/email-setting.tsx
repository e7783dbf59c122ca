"use client";
import { MailWarning } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Account } from "#lib/account/schema.ts";
import { api } from "#lib/api/client.ts";

const EmailDialog = lazy(() =>
  import("./email-dialog.tsx").then((module) => ({ default: module.EmailDialog })),
);

const NO_MAIL = "This installation sends no mail, so no address can be verified. Ask whoever runs it.";

/** The address, whether it is proven, and what is on its way. */
export function EmailSetting({
  account,
  onChanged,
}: {
  account: Account;
  onChanged: () => Promise<unknown>;
}) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const { email, emailVerifiedAt, pendingEmail, sendsMail } = account;
  const reason = sendsMail ? null : NO_MAIL;

  const act = async (work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    try {
      await work();
      await onChanged();
      toast.success(done);
    } catch (error) {
      toast.error(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <p className="font-medium">E-mail</p>
          <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="wrap-anywhere">{email}</span>
            {emailVerifiedAt ? <Badge tone="ok">verified</Badge> : <Badge tone="warn">not verified</Badge>}
          </p>
        </div>
        <Button disabledReason={reason} onClick={() => setAsking(true)}>
          Change e-mail
        </Button>
      </div>
      {pendingEmail ? (
        <Notice
          title={`A link is on its way to ${pendingEmail.email}`}
          action={
            <Button
              size="small"
              variant="quiet"
              loading={busy}
              onClick={() => act(() => api.delete("/me/email"), "Taken back; the link is dead.")}
            >
              Take back
            </Button>
          }
        >
          <p>
            {pendingEmail.email === email
              ? "Open it in this browser to verify the address."
              : `Open it in this browser; until then your address stays ${email}.`}{" "}
            It ends <RelativeTime at={pendingEmail.expiresAt} />.
          </p>
        </Notice>
      ) : emailVerifiedAt ? null : (
        <Notice
          tone="warn"
          title="It is not verified yet that this address is yours"
          action={
            <Button
              size="small"
              icon={<MailWarning aria-hidden size={14} />}
              loading={busy}
              disabledReason={reason}
              onClick={() => act(() => api.post("/me/email/send"), "A link is on its way.")}
            >
              Send link
            </Button>
          }
        >
          Until it is, no identity provider signs you in by it.
        </Notice>
      )}
      {asking ? (
        <Suspense>
          <EmailDialog
            account={account}
            onClose={() => setAsking(false)}
            onAsked={async (to) => {
              await onChanged();
              toast.success("A link is on its way", `Open the mail that comes to ${to}.`);
            }}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
