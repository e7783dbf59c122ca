import type { Role } from "#lib/access/permissions.ts";

/** Which tokens a list is about, and what its dialogs need to know of them. */
export type TokenScope = {
  /** Below /api/v1: where they are listed and made. */
  path: string;
  /** One's own (of a tenant, or of none), or a tenant's. */
  kind: "own" | "service";
  /** The person's role in the tenant; null where there is none. */
  role: Role | null;
  /** A command to try a token with. */
  curl: string;
};

/** A curl line for the management API; the token is in a variable, never in the history of a shell. */
export const tryLine = (origin: string, path: string): string =>
  `curl -H "Authorization: Bearer $GATEHOUSE_TOKEN" ${origin}/api/v1${path}`;

/** How long a token may live; there is no "for ever". */
export const LIFETIMES = [
  { value: "1", label: "1 day" },
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "180", label: "180 days" },
  { value: "365", label: "1 year" },
];
