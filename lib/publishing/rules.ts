export const CHANGE_KINDS = ["added", "changed", "removed"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** What a change does to callers. One change can have several. */
export const EFFECTS = [
  "becomes-public",
  "no-longer-public",
  "appears",
  "disappears",
  "moves",
  "more-callers",
  "fewer-callers",
  "limit",
] as const;
export type Effect = (typeof EFFECTS)[number];
