import type { Metadata } from "next";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { TextLink } from "#components/ui/link-button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { env } from "#lib/env.ts";
import { paths } from "#lib/paths.ts";
import { ForgotPasswordForm } from "./forgot-password-form.tsx";

export const metadata: Metadata = { title: "Forgot your password" };

// What it says depends on whether a mail server is set, which a build does not know.
export const dynamic = "force-dynamic";

/** Where people ask for a link to a new password. */
export default function ForgotPasswordPage() {
  return (
    <PlainPage
      title="Forgot your password?"
      lead={env.smtpUrl ? "Say your e-mail address, and a link to a new password is sent there." : undefined}
    >
      {env.smtpUrl ? (
        <ForgotPasswordForm />
      ) : (
        <Notice tone="warn" title="This installation sends no mail.">
          Ask whoever runs it: they can make you a link to a new password.
        </Notice>
      )}
      <p className="mt-6">
        <TextLink href={paths.signIn()}>Back to the sign-in</TextLink>
      </p>
    </PlainPage>
  );
}
