/**
 * Run as a page is read that a one-time link leads to: takes the link's secret out of the address, so that no history,
 * bookmark, screenshot or Referer holds it, and keeps it in memory for the view.
 */
export const TAKE_LINK_SECRET = `(function(){var secret=location.hash.slice(1);if(!secret)return;history.replaceState(null,"",location.pathname);Object.defineProperty(window,"linkSecret",{value:secret,configurable:true})})()`;

type WithSecret = Window & { linkSecret?: string };

/** In this tab only, and only while the person signs in and comes back. */
const PLACE = "gatehouse.link";
/** Long enough for a second factor and an identity provider, in milliseconds. */
const SIGNING_IN_MS = 15 * 60_000;

let held: string | null = null;

/** The link's secret, from then on only in this module; null when the page was opened without one. */
export function takeLinkSecret(): string | null {
  const page = window as WithSecret;
  const [until, parked] = sessionStorage.getItem(PLACE)?.split(" ") ?? [];
  sessionStorage.removeItem(PLACE);
  if (parked && Number(until) > Date.now()) held = parked;
  if (page.linkSecret) {
    held = page.linkSecret;
    delete page.linkSecret;
  }
  // A link that is pasted over this page changes the address without loading anything.
  const pasted = location.hash.slice(1);
  if (pasted) {
    held = pasted;
    history.replaceState(null, "", location.pathname);
  }
  return held;
}

/** Keeps it in this tab for the way to the sign-in and back, which no address may carry it through. */
export function parkLinkSecret(): void {
  if (held) sessionStorage.setItem(PLACE, `${Date.now() + SIGNING_IN_MS} ${held}`);
}

/** Forgets it. */
export function dropLinkSecret(): void {
  held = null;
}
