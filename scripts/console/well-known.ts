import { paths } from "#lib/paths.ts";

type WellKnown = { status: number; headers: Record<string, string>; body: string };

/** What programs ask every site for: password managers where a password is changed, search engines what they may read. */
export function wellKnown(path: string): WellKnown | null {
  if (path === "/robots.txt") {
    return {
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8" },
      body: "User-agent: *\nDisallow: /\n",
    };
  }
  if (path === "/.well-known/change-password") {
    return { status: 302, headers: { location: paths.account() }, body: "" };
  }
  return null;
}
