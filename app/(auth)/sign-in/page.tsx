import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { SignInForm } from "#components/shell/sign-in-form.tsx";
import { currentActor } from "#lib/access/current-actor.ts";
import { safeReturnPath } from "#lib/paths.ts";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<{ callbackUrl?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  const { callbackUrl } = await searchParams;
  const returnTo = safeReturnPath(typeof callbackUrl === "string" ? callbackUrl : null);
  if (await currentActor()) redirect(returnTo);
  return (
    <PlainPage title="Sign in" lead="Routes, keys and jobs of the tenants you belong to.">
      <SignInForm returnTo={returnTo} />
    </PlainPage>
  );
}
