import type { Metadata } from "next";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { paths } from "#lib/paths.ts";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <PlainPage
      title="There is nothing here"
      lead="The address may be mistyped, the thing may have been deleted, or it belongs to a tenant you are no member of."
    >
      {/* A plain link: every page brings this one along, and most of them the router's links in another file. */}
      <a href={paths.home()} className={buttonStyle("primary", "medium")}>
        Go to your tenants
      </a>
    </PlainPage>
  );
}
