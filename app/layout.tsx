import "./globals.css";
import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { PageNonce } from "#components/shell/page-nonce.tsx";
import { ThemeScript } from "#components/shell/theme-script.tsx";
import { pageNonce } from "#lib/access/page-nonce.ts";

export const metadata: Metadata = {
  title: { default: "Gatehouse", template: "%s · Gatehouse" },
  description: "Who may call what, how often, and what became of the slow work.",
  robots: { index: false, follow: false },
  referrer: "same-origin",
};

export const viewport: Viewport = { width: "device-width", initialScale: 1, colorScheme: "light dark" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = await pageNonce();
  return (
    // The theme script may set data-theme before React looks.
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <head>
        <ThemeScript nonce={nonce} />
      </head>
      <body>
        <PageNonce nonce={nonce}>{children}</PageNonce>
      </body>
    </html>
  );
}
