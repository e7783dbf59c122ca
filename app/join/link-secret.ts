/**
 * Run as the page is read: takes the invitation's secret out of the address, so that no history, bookmark, screenshot
 * or Referer holds it, and keeps it in memory for the view.
 */
export const TAKE_SECRET = `(function(){var secret=location.hash.slice(1);if(!secret)return;history.replaceState(null,"",location.pathname);Object.defineProperty(window,"invitationSecret",{value:secret,configurable:true})})()`;

type WithSecret = Window & { invitationSecret?: string };

/** In this tab only, and only while the person signs in and comes back. */
const PLACE = "gatehouse.invitation";
/** Long enough for a second factor and an identity provider, in milliseconds. */
const SIGNING_IN_MS = 15 * 60_000;

let held: string | null = null;

/** The link's secret, from then on only in this module; null when the page was opened without one. */
export function takeSecret(): string | null {
  const page = window as WithSecret;
  const kept = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  const [until, parked] = kept?.split(" ") ?? [];
  if (parked && Number(until) > Date.now()) held = parked;
  if (page.invitationSecret) {
    held = page.invitationSecret;
    delete page.invitationSecret;
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
export function parkSecret(): void {
  if (held) sessionStorage.setItem(PLACE, `${Date.now() + SIGNING_IN_MS} ${held}`);
}

/** Forgets it. */
export function dropSecret(): void {
  held = null;
}
