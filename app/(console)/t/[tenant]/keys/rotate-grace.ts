/** How long a replaced key works on: not at all, a usual time, or one of one's own. */
export type GraceChoice = "0" | "3600" | "86400" | "604800" | "custom";
export type GraceValues = { grace: GraceChoice; amount: string; unit: "hours" | "days" };

export const GRACES: readonly { value: GraceChoice; label: string }[] = [
  { value: "0", label: "Ends at once" },
  { value: "3600", label: "1 hour" },
  { value: "86400", label: "24 hours" },
  { value: "604800", label: "7 days" },
  { value: "custom", label: "Another time" },
];

export const GRACE_UNITS = [
  { value: "hours", label: "hours" },
  { value: "days", label: "days" },
] as const;

export const USUAL_GRACE: GraceValues = { grace: "86400", amount: "", unit: "days" };

/** The seconds to be sent; an amount that is no whole number is passed on as it is, for the schema to refuse. */
export function graceSecondsOf({ grace, amount, unit }: GraceValues): unknown {
  if (grace !== "custom") return Number(grace);
  const text = amount.trim();
  return /^\d{1,9}$/.test(text) ? Number(text) * (unit === "hours" ? 3_600 : 86_400) : text;
}
