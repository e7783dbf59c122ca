import type { Metadata } from "next";
import { currentActor } from "#lib/access/current-actor.ts";
import { pageNonce } from "#lib/access/page-nonce.ts";
import { JoinView } from "./join-view.tsx";
import { TAKE_SECRET } from "./link-secret.ts";

export const metadata: Metadata = {
  title: "Join a tenant",
  description: "An invitation to a tenant of Gatehouse.",
  robots: { index: false, follow: false, noarchive: true, nosnippet: true },
  referrer: "no-referrer",
};

/** Where somebody who is invited decides, with or without an account. What it shows is fetched with the link's secret. */
export default async function JoinPage() {
  const actor = await currentActor();
  return (
    <>
      {/* Before anything else of the page can look at the address. */}
      <script
        nonce={await pageNonce()}
        // The browser hides a nonce from scripts, so what it renders never equals what the server sent.
        suppressHydrationWarning
        // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this folder
        dangerouslySetInnerHTML={{ __html: TAKE_SECRET }}
      />
      <JoinView signedInAs={actor?.email ?? null} />
    </>
  );
}
