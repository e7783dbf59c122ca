type Search = Record<string, string | string[] | undefined>;

/**
 * What a page of the console takes from its address for a list: the cursor and the named filters. Empty, repeated
 * and over-long values count as absent, so that a mangled link shows the list instead of an error.
 */
export function pageInput<const Name extends string>(
  search: Search,
  names: readonly Name[],
): { cursor: string | undefined } & Record<Name, string | undefined> {
  const one = (name: string) => {
    const value = search[name];
    return typeof value === "string" && value !== "" && value.length <= 512 ? value : undefined;
  };
  const filters = Object.fromEntries(names.map((name) => [name, one(name)]));
  return { cursor: one("cursor"), ...filters } as { cursor: string | undefined } & Record<
    Name,
    string | undefined
  >;
}
