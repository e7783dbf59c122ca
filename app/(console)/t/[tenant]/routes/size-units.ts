/** The units in which a size is typed, in bytes. */
export const UNITS = { B: 1, KiB: 1_024, MiB: 1_048_576 } as const;
export type Unit = keyof typeof UNITS;

/** A size for people, in the largest unit that says it exactly. */
export function sizeText(bytes: number): string {
  const unit: Unit = bytes === 0 || bytes % UNITS.KiB ? "B" : bytes % UNITS.MiB ? "KiB" : "MiB";
  return `${(bytes / UNITS[unit]).toLocaleString("en")} ${unit === "B" ? "bytes" : unit}`;
}
