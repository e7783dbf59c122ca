/** When a new key stops working: never, after so many days, or at an exact time. */
export type Expiry = "none" | "30" | "90" | "365" | "exact";

export const EXPIRIES: readonly { value: Expiry; label: string }[] = [
  { value: "none", label: "Never" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "exact", label: "At an exact time" },
];

const DAY_MS = 86_400_000;

/**
 * The moment to be sent, in ISO; null for never. `exact` is what a datetime-local input holds, read in the person's
 * zone; one that is no time is passed on as it is, for the schema to refuse. `now` in milliseconds.
 */
export function expiresAtOf(expiry: Expiry, exact: string, now: number): string | null {
  if (expiry === "none") return null;
  if (expiry !== "exact") return new Date(now + Number(expiry) * DAY_MS).toISOString();
  const at = Date.parse(exact);
  return Number.isNaN(at) ? exact : new Date(at).toISOString();
}
