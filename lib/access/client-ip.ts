/**
 * The address a request came from. The console's own server (scripts/console.ts) has replaced whatever the client
 * sent by the one address that it believes, so there is exactly one to read; empty when there is none.
 */
export function clientIp(headers: Headers): string {
  return (headers.get("x-forwarded-for") ?? "").split(",")[0]?.trim().slice(0, 64) ?? "";
}
