import type { ApiKey } from "#lib/keys/schema.ts";

/** "1,204 keys". */
export const keysText = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "key" : "keys"}`;

/** What a key may do, in a few words: the one request itself, or how many. */
export function rightsText({ authorizedRequests }: Pick<ApiKey, "authorizedRequests">): string {
  if (authorizedRequests === null) return "All its routes allow";
  const [only] = authorizedRequests;
  if (!only) return "Nothing";
  if (authorizedRequests.length > 1) return `${authorizedRequests.length} requests`;
  const query = new URLSearchParams(only.queryParameters).toString();
  return `${only.method} ${only.path}${query ? `?${query}` : ""}`;
}
