import { api } from "#lib/api/client.ts";
import type { ApiKey } from "#lib/keys/schema.ts";

/** No page shows a longer line of keys than this. */
const MOST_KEYS = 12;

/** The keys that took over from one another, oldest first, as far as a page shows them; `key` is one of them. */
export async function loadChain(tenant: string, key: ApiKey, signal: AbortSignal): Promise<ApiKey[]> {
  const read = (id: string) =>
    api.get<ApiKey>(`/tenants/${encodeURIComponent(tenant)}/keys/${id}`, { signal });
  const before = await Promise.all(key.succeeds.slice(-MOST_KEYS / 2).map(read));
  const chain = [...before, key];
  let newest = key;
  while (newest.rotatedTo && chain.length < MOST_KEYS) {
    newest = await read(newest.rotatedTo);
    chain.push(newest);
  }
  return chain;
}

/** The two keys of a rotation that is under way, seen from one of them; null when none is. */
export function rotationOf(chain: readonly ApiKey[], id: string): { old: ApiKey; next: ApiKey } | null {
  const at = chain.findIndex((key) => key.id === id);
  for (const place of [at, at - 1]) {
    const [old, next] = [chain[place], chain[place + 1]];
    if (old?.status === "rotating" && next) return { old, next };
  }
  return null;
}
