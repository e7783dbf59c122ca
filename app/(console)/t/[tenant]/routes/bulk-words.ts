import { count } from "#lib/routes/rules.ts";
import type { BulkChange } from "#lib/routes/schema.ts";

/** The verb of a button that makes this change: "Change auth", "Delete". */
export function verbOf(change: BulkChange): string {
  if (change.delete) return "Delete";
  const tags = Boolean(change.addTags || change.removeTags || change.setTags);
  const parts = [
    ...(change.auth ? ["Change auth"] : []),
    ...(change.rateLimit !== undefined ? ["Change limit"] : []),
    ...(change.corsEnabled !== undefined || change.cors ? ["Change CORS"] : []),
    ...(tags ? ["Change tags"] : []),
    ...(change.enabled !== undefined ? [change.enabled ? "Enable" : "Disable"] : []),
  ];
  return parts.length === 1 ? (parts[0] as string) : `Make ${parts.length} changes`;
}

/** The whole button: "Change auth on 41 routes", "Delete 1 route". */
export function buttonOf(change: BulkChange, routes: number): string {
  const verb = verbOf(change);
  const direct = ["Delete", "Enable", "Disable"].includes(verb);
  return `${verb} ${direct ? "" : "on "}${count(routes, "route")}`;
}

/** What was done, for the note afterwards: "Changed auth on 41 routes". */
export function doneOf(change: BulkChange, routes: number): string {
  return buttonOf(change, routes)
    .replace(/^Change/, "Changed")
    .replace(/^Make/, "Made")
    .replace(/^(Delete|Enable|Disable)/, "$1d");
}

/** The one or several of a text field, apart by commas or line breaks. */
export const listOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,\n]/)
      .map((one) => one.trim())
      .filter(Boolean),
  ),
];
