/** How often an open alert is repeated, as a form offers it. */
export const REPEATS = [
  { value: "15", label: "Every 15 minutes" },
  { value: "60", label: "Every hour" },
  { value: "240", label: "Every 4 hours" },
  { value: "1440", label: "Every day" },
  { value: "", label: "Never: tell once" },
] as const;

/** The same for a list; an interval that the API set may be any number of minutes. */
export const repeatText = (minutes: number | null): string =>
  minutes === null
    ? "Told once"
    : (REPEATS.find(({ value }) => value === String(minutes))?.label ?? `Every ${minutes} minutes`);
