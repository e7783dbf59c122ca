import { env } from "#lib/env.ts";

/** Where the page may send to: the console, and the gateway for *Test my key*. The browser keeps it, whatever runs here. */
export function ContentPolicy() {
  const gateway = new URL(env.gatewayUrl).origin;
  // React's development build evaluates code to show where errors come from.
  const evaluate = process.env.NODE_ENV === "development" ? " 'unsafe-eval'" : "";
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'unsafe-inline'${evaluate}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self' ${gateway}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return <meta httpEquiv="Content-Security-Policy" content={policy} />;
}
