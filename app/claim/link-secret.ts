/**
 * Run as the page is read: takes the link's secret out of the address, so that no history, bookmark, screenshot or
 * Referer holds it, and keeps it in memory for the view. A reload has it no more and asks for the link again.
 */
export const TAKE_SECRET = `(function(){var secret=location.hash.slice(1);if(!secret)return;history.replaceState(null,"",location.pathname);Object.defineProperty(window,"claimSecret",{value:secret,configurable:true})})()`;

type WithSecret = Window & { claimSecret?: string };

let held: string | null = null;

/** The link's secret, from then on only in this module; null when the page was opened without one. */
export function takeSecret(): string | null {
  const page = window as WithSecret;
  if (page.claimSecret) {
    held = page.claimSecret;
    delete page.claimSecret;
  }
  // A link that is pasted over this page changes the address without loading anything.
  const pasted = location.hash.slice(1);
  if (pasted) {
    held = pasted;
    history.replaceState(null, "", location.pathname);
  }
  return held;
}

/** Forgets it. */
export function dropSecret(): void {
  held = null;
}
