import type { Metadata } from "next";
import { TAKE_LINK_SECRET } from "#components/shell/link-secret.ts";
import { pageNonce } from "#lib/access/page-nonce.ts";
import { ResetView } from "./reset-view.tsx";

export const metadata: Metadata = {
  title: "New password",
  robots: { index: false, follow: false, noarchive: true, nosnippet: true },
  referrer: "no-referrer",
};

/** Where a one-time link to a new password leads. What it shows is fetched with the link's secret. */
export default async function ResetPasswordPage() {
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
      <ResetView />
    </>
  );
}
