import { z } from "zod";
import { isStorable } from "#lib/contract/moment.ts";
import { invalid } from "#lib/errors/domain-error.ts";

/** `?limit=` and `?cursor=` of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(512).optional(),
};

/** The envelope of a list. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() });

/** The envelope of one object. */
export const dataOf = <Item extends z.ZodType>(item: Item) => z.object({ data: item });

export type Page<Item> = { data: Item[]; next_cursor: string | null };

/** An opaque cursor that holds the sort values of the last row shown. */
export function encodeCursor(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

/** Reads a cursor back and checks its parts. Throws `invalid_input` (422) for anything that was not made here. */
export function decodeCursor<const Parts extends readonly z.ZodType<string>[]>(
  cursor: string | undefined,
  parts: Parts,
): { [Index in keyof Parts]: string } | null {
  if (cursor === undefined) return null;
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    // PostgreSQL cannot take a NUL, and no list gave one.
    if (JSON.stringify(values).includes("\\u0000")) throw new RangeError("a NUL byte");
    const read = z.tuple(parts as unknown as [z.ZodType<string>]).parse(values) as unknown as {
      [Index in keyof Parts]: string;
    };
    // Nor can it take the year 0.
    const times = read.filter((_, place) => parts[place] instanceof z.ZodISODateTime);
    if (!times.every(isStorable)) throw new RangeError("a date that no row has");
    return read;
  } catch {
    throw invalid([{ path: "cursor", message: "is not a cursor that this list gave" }]);
  }
}

/** Cuts a result that was read with one row too many, and makes the cursor for the next page from the last row. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (row: Row) => readonly string[],
  item: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    data: shown.map(item),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null,
  };
}
