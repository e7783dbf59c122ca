import { DomainError } from "#lib/errors/domain-error.ts";

export type PageSearch = Promise<Record<string, string | string[] | undefined>>;

/**
 * What a page of the console takes from its address: the named parts, as texts. Empty, repeated and over-long
 * values count as absent, so that a mangled link shows the list instead of an error.
 */
export async function pageInput<const Name extends string>(
  search: PageSearch,
  names: readonly Name[],
): Promise<Record<Name, string | undefined>> {
  const given = await search;
  const one = (name: string) => {
    const value = given[name];
    return typeof value === "string" && value !== "" && value.length <= 512 ? value : undefined;
  };
  return Object.fromEntries(names.map((name) => [name, one(name)])) as Record<Name, string | undefined>;
}

/** Reads a list from the cursor in the address, or from its beginning when that is no cursor of this list. */
export async function fromCursor<Result>(
  cursor: string | undefined,
  read: (cursor: string | undefined) => Promise<Result>,
): Promise<{ cursor: string | undefined; page: Result }> {
  try {
    return { cursor, page: await read(cursor) };
  } catch (error) {
    const mangled = error instanceof DomainError && error.code === "invalid_input" && cursor !== undefined;
    if (!mangled) throw error;
    return { cursor: undefined, page: await read(undefined) };
  }
}
