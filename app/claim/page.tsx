import type { Metadata } from "next";
import { pageNonce } from "#lib/access/page-nonce.ts";
import { ClaimView } from "./claim-view.tsx";
import { TAKE_SECRET } from "./link-secret.ts";

export const metadata: Metadata = {
  title: "Your API key",
  description: "A one-time link to an API key.",
  robots: { index: false, follow: false, noarchive: true, nosnippet: true },
  referrer: "no-referrer",
};

/** Where a partner reveals a key. Needs no account; everything it shows is fetched by the browser with the link's secret. */
export default async function ClaimPage() {
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
      <ClaimView />
    </>
  );
}
