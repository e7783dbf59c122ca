import type { Metadata } from "next";
import { ClaimView } from "./claim-view.tsx";
import { ContentPolicy } from "./content-policy.tsx";
import { TAKE_SECRET } from "./link-secret.ts";

export const metadata: Metadata = {
  title: "Your API key",
  description: "A one-time link to an API key.",
  robots: { index: false, follow: false, noarchive: true, nosnippet: true },
  referrer: "no-referrer",
};

// Never from a cache, and never prepared ahead: what it allows depends on where the gateway is.
export const dynamic = "force-dynamic";

/** Where a partner reveals a key. Needs no account; everything it shows is fetched by the browser with the link's secret. */
export default function ClaimPage() {
  return (
    <>
      <ContentPolicy />
      {/* Before anything else of the page can look at the address. */}
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this folder */}
      <script dangerouslySetInnerHTML={{ __html: TAKE_SECRET }} />
      <ClaimView />
    </>
  );
}
