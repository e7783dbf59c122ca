import { whyNotChosen } from "#lib/openapi/rules.ts";
import type { PreviewOperation } from "#lib/openapi/schema.ts";

export type OperationFilter = { q: string; tag: string; state: string };

/** The operations that match the search, the tag and the state; each word must occur somewhere. */
export function filterOperations(
  operations: readonly PreviewOperation[],
  { q, tag, state }: OperationFilter,
): PreviewOperation[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return operations.filter((operation) => {
    if (tag && !operation.tags.includes(tag)) return false;
    if (state && operation.state !== state) return false;
    const text =
      `${operation.method} ${operation.path} ${operation.name} ${operation.operationId ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The tags of the operations, in alphabetical order. */
export const tagsOf = (operations: readonly PreviewOperation[]): string[] =>
  [...new Set(operations.flatMap(({ tags }) => tags))].sort();

/** The operations that can be imported, by pointer. */
export const choosable = (operations: readonly PreviewOperation[]): string[] =>
  operations.filter((operation) => whyNotChosen(operation) === null).map(({ pointer }) => pointer);

const plural = (count: number, one: string, many: string) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** What an import of the chosen operations does, for its button: "Import 3 routes, change 1". */
export function importLabel(chosen: readonly PreviewOperation[]): string {
  const created = chosen.filter(({ state }) => state === "new").length;
  const updated = chosen.length - created;
  if (updated === 0) return `Import ${plural(created, "route", "routes")}`;
  if (created === 0) return `Change ${plural(updated, "route", "routes")}`;
  return `Import ${plural(created, "route", "routes")}, change ${updated.toLocaleString("en")}`;
}

/** What an import did. */
export function importedWords({ created, updated }: { created: number; updated: number }): string {
  const parts = [
    created > 0 ? `${plural(created, "route", "routes")} added` : "",
    updated > 0 ? `${plural(updated, "route", "routes")} changed` : "",
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join(", ")} in the draft` : "The draft had all of it already";
}
