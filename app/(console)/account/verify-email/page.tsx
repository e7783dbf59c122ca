import type { Metadata } from "next";
import { TAKE_LINK_SECRET } from "#components/shell/link-secret.ts";
import { currentActor } from "#lib/access/current-actor.ts";
import { pageNonce } from "#lib/access/page-nonce.ts";
import { VerifyView } from "./verify-view.tsx";

export const metadata: Metadata = {
  title: "Verify your address",
  robots: { index: false, follow: false, noarchive: true, nosnippet: true },
  referrer: "no-referrer",
};

/** Where the link leads that proves an e-mail address; it counts for somebody who is signed in to the account. */
export default async function VerifyEmailPage() {
  const actor = await currentActor();
  return (
    <>
      {/* Before anything else of the page can look at the address. */}
      <script
        nonce={await pageNonce()}
        // The browser hides a nonce from scripts, so what it renders never equals what the server sent.
        suppressHydrationWarning
        // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours
        dangerouslySetInnerHTML={{ __html: TAKE_LINK_SECRET }}
      />
      <VerifyView signedInAs={actor?.email ?? null} />
    </>
  );
}
