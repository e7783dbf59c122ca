import type { Queryable } from "./queryable.ts";

/** Records which functions this process can call; those it does not have are removed. The last process to say wins. */
export async function registerFunctions(db: Queryable, names: readonly string[]): Promise<void> {
  await db.query(
    `WITH gone AS (DELETE FROM functions WHERE name <> ALL ($1::text[]))
     INSERT INTO functions (name) SELECT name FROM unnest($1::text[]) AS name ORDER BY name
     ON CONFLICT (name) DO UPDATE SET seen_at = now()`,
    [names],
  );
}
