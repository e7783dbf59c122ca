import ipaddr from "ipaddr.js";

const WORDS: Record<string, string> = {
  loopback: "the console's own machine",
  private: "a private network",
  uniqueLocal: "a private network",
  linkLocal: "the local network",
  carrierGradeNat: "a provider's shared network",
};

/**
 * What can be said of where an address is without asking anybody; null for the others. Where in the world a public
 * address is, only services that sell guesses pretend to know.
 */
export function placeOf(ip: string): string | null {
  if (!ipaddr.isValid(ip)) return null;
  return WORDS[ipaddr.process(ip).range()] ?? null;
}
