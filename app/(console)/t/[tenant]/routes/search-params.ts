/** What Next hands to a page as its `searchParams`. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** The address's parameters, each once: of one that is given twice the first counts. */
export async function flatSearchParams(searchParams: SearchParams): Promise<Record<string, string>> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(await searchParams)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first) flat[name] = first;
  }
  return flat;
}
