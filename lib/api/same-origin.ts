import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";

const READING = ["GET", "HEAD", "OPTIONS"];

const foreign = () => new DomainError("forbidden", "This change did not come from the console's own pages.");

/**
 * Refuses what a browser says that another site's page sent. Whoever is no browser says neither of the two; a page
 * in a sandbox, a file or a redirect from elsewhere says `null`, which is no origin of ours.
 */
function assertNotForeign({ headers }: Request): void {
  const origin = headers.get("origin");
  if (origin !== null && origin !== new URL(env.consoleUrl).origin) throw foreign();
  // What people start themselves, from the address bar or a bookmark, is `none`: that never changes anything either.
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") throw foreign();
}

/**
 * Refuses a change that a cookie would authorize when another site's page may have sent it: the browser's own
 * Origin must be the console's. Reading is left alone, because a foreign page cannot see the answer.
 * Throws `forbidden` (403).
 */
export function assertSameOrigin(request: Request): void {
  if (READING.includes(request.method)) return;
  if (!request.headers.has("origin")) throw foreign();
  assertNotForeign(request);
}

/**
 * The same for reading that leaves something behind, such as an export: a link on another site's page brings the cookie
 * along. What people start themselves, from the address bar or a bookmark, is theirs. Throws `forbidden` (403).
 */
export function assertOwnReading({ headers }: Request): void {
  const site = headers.get("sec-fetch-site");
  if (site === null || site === "same-origin" || site === "none") return;
  throw new DomainError("forbidden", "This was asked for by another site's page. Ask for it in the console.");
}

/**
 * The same for a change that needs no credentials: programs may send it, and browsers for the console's own pages
 * only. One that carries a cookie comes from a browser, whatever else it leaves out. Throws `forbidden` (403).
 */
export function assertNoForeignPage(request: Request): void {
  if (READING.includes(request.method)) return;
  if (request.headers.has("cookie")) assertSameOrigin(request);
  else assertNotForeign(request);
}
