import type { Metadata } from "next";
import { PlainPage } from "#components/shell/plain-page.tsx";
import { CloseWindow } from "./close-window.tsx";

export const metadata: Metadata = { title: "Confirmed" };

/** Where the provider has confirmed that it is the person: the window tells the page that asked, and closes. */
export default function ConfirmedPage() {
  return (
    <PlainPage
      title="It is you"
      lead="The page that asked goes on by itself. If this window stays open, close it."
    >
      <CloseWindow />
    </PlainPage>
  );
}
