import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { currentActor, currentDueSession } from "#lib/access/current-actor.ts";
import { paths, safeReturnPath } from "#lib/paths.ts";
import { factorsAtHand } from "#lib/second-factors/queries.ts";
import { SecondFactorForm } from "./second-factor-form.tsx";

export const metadata: Metadata = { title: "Second factor" };

type Props = { searchParams: Promise<{ callbackUrl?: string | string[] }> };

/** After the password: whichever second factor the person has at hand. */
export default async function SecondFactorPage({ searchParams }: Props) {
  const { callbackUrl } = await searchParams;
  const returnTo = safeReturnPath(typeof callbackUrl === "string" ? callbackUrl : null);
  if (await currentActor()) redirect(returnTo);
  const due = await currentDueSession();
  if (!due) redirect(paths.signIn(returnTo));
  const has = await factorsAtHand(due.userId);
  return (
    <PlainPage title="Second factor" lead={<span className="wrap-anywhere">Signing in as {due.email}.</span>}>
      <SecondFactorForm has={has} returnTo={returnTo} />
    </PlainPage>
  );
}
