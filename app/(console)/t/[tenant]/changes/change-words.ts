import type { Auth, RateLimit } from "#lib/contract/route.ts";
import type { RouteChange } from "#lib/publishing/schema.ts";

/** An effect of a change that a reviewer must not miss. */
export type Effect = { tone: "warn" | "bad"; text: string };

/** How much a caller has to bring: the higher, the fewer get in. */
function strictness(auth: Auth): number {
  if (auth.mode === "none") return 0;
  return auth.mode === "api-key" && auth.allowedApiKeyIds !== null ? 2 : 1;
}

function keysAdded(before: Auth, after: Auth): number {
  if (before.mode !== "api-key" || after.mode !== "api-key") return 0;
  if (before.allowedApiKeyIds === null || after.allowedApiKeyIds === null) return 0;
  const known = new Set(before.allowedApiKeyIds);
  return after.allowedApiKeyIds.filter((id) => !known.has(id)).length;
}

/** What a change does to callers beyond its fields: who loses the route, and where the gate gets wider. */
export function effectsOf(change: RouteChange): Effect[] {
  if (change.kind === "removed") return [{ tone: "bad", text: "Its callers get 404 or 405." }];
  const effects: Effect[] = [];
  for (const { field, before, after } of change.fields) {
    if (field === "auth") {
      const [was, is] = [before as Auth, after as Auth];
      const added = keysAdded(was, is);
      if (is.mode === "none") effects.push({ tone: "warn", text: "Becomes public." });
      else if (strictness(is) < strictness(was)) effects.push({ tone: "warn", text: "More callers get in." });
      else if (added)
        effects.push({ tone: "warn", text: `${added} more ${added === 1 ? "key gets" : "keys get"} in.` });
    }
    if (field === "enabled" && after === false)
      effects.push({ tone: "bad", text: "Its callers get 404 or 405." });
    if (field === "path" || field === "method") {
      effects.push({ tone: "bad", text: `Callers of the old ${field} lose it.` });
    }
    if (field === "rateLimit" && (after as RateLimit | null) === null) {
      effects.push({ tone: "warn", text: "No limit any more." });
    }
  }
  return effects;
}

/** "3 changes", "1 change". */
export const countChanges = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "change" : "changes"}`;

/** "2 added, 1 changed": what kinds there are, in a line. */
export function summarize(changes: readonly RouteChange[]): string {
  const kinds = ["added", "changed", "removed"] as const;
  return kinds
    .map((kind) => [kind, changes.filter((change) => change.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}
