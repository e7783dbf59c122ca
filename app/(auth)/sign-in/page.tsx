import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { PasskeySignIn } from "#components/shell/passkey-sign-in.tsx";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { ProviderButtons } from "#components/shell/provider-buttons.tsx";
import { SignInForm } from "#components/shell/sign-in-form.tsx";
import { currentActor, currentDueSession } from "#lib/access/current-actor.ts";
import { env } from "#lib/env.ts";
import { listProviders } from "#lib/identities/queries.ts";
import { paths, safeReturnPath } from "#lib/paths.ts";
import { whyNoPasskeys } from "#lib/second-factors/rules.ts";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<{ callbackUrl?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  const { callbackUrl } = await searchParams;
  const returnTo = safeReturnPath(typeof callbackUrl === "string" ? callbackUrl : null);
  if (await currentActor()) redirect(returnTo);
  if (await currentDueSession()) redirect(paths.secondFactor(returnTo));
  return (
    <PlainPage title="Sign in" lead="Routes, keys and jobs of the tenants you belong to.">
      <SignInForm returnTo={returnTo} />
      {whyNoPasskeys(env.consoleUrl) === null ? (
        <div className="mt-3">
          <PasskeySignIn returnTo={returnTo} />
        </div>
      ) : null}
      <div className="mt-3">
        <ProviderButtons providers={listProviders()} returnTo={returnTo} />
      </div>
    </PlainPage>
  );
}
