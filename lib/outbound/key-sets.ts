import type { KeySet } from "../contract/key-set.ts";

/** A key that an issuer stopped publishing is refused after this long at the latest, while the issuer answers. */
export const REFRESH_AFTER_MS = 600_000;
/** A key ID that nobody knows asks the issuer no more often than this, however many tokens bring one. */
export const UNKNOWN_KEY_INTERVAL_MS = 60_000;
/** An issuer that has not answered yet is asked again after 1 s, 2 s, 4 s … up to a minute. */
const FIRST_RETRY_MS = 1_000;
/** Of issuers; the oldest are forgotten beyond, so that nothing grows for ever. */
const MAX_REMEMBERED = 10_000;

type Options = {
  fetch: (url: string) => Promise<KeySet>;
  /** A clock that only goes forward, in milliseconds. */
  now?: () => number;
  onError?: (url: string, error: unknown) => void;
};

const sameKeys = (a: KeySet, b: KeySet) => JSON.stringify(a) === JSON.stringify(b);

/**
 * The keys at one address. Whoever comes while they are being fetched waits for the same fetch. An address that does
 * not answer is served from what was last fetched. An unchanged set stays the same object.
 */
function keysAt(url: string, { fetch, now = () => performance.now(), onError }: Options) {
  let keySet: KeySet | null = null;
  let askedAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let error: string | null = null;
  let asking: Promise<void> | null = null;

  async function fetchNow(): Promise<void> {
    askedAt = now();
    try {
      const fetched = await fetch(url);
      if (!keySet || !sameKeys(keySet, fetched)) keySet = fetched;
      failures = 0;
      error = null;
    } catch (caught) {
      failures++;
      error = caught instanceof Error ? caught.message : String(caught);
      onError?.(url, caught);
    } finally {
      asking = null;
    }
  }
  function ask(): Promise<void> {
    asking ??= fetchNow();
    return asking;
  }

  /** The set that verifies now, without waiting; when it is old, it is fetched again beside. */
  function peek(): KeySet | null {
    const due = failures > 0 ? UNKNOWN_KEY_INTERVAL_MS : REFRESH_AFTER_MS;
    if (keySet && !asking && now() - askedAt >= due) void ask();
    return keySet;
  }

  return {
    peek,
    /** The keys; null while they cannot be had. Only the first use waits. */
    async current(): Promise<KeySet | null> {
      if (keySet) return peek();
      const pause =
        failures === 0 ? 0 : Math.min(UNKNOWN_KEY_INTERVAL_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
      if (asking || now() - askedAt >= pause) await ask();
      return keySet;
    },
    /**
     * The keys for a token whose key is not in `lacking`. Asks again unless it asked within the last minute. Null when
     * nobody can say whether there is such a key, because the address does not answer.
     */
    async newerThan(lacking: KeySet): Promise<KeySet | null> {
      if (keySet && keySet !== lacking) return keySet;
      if (asking || now() - askedAt >= UNKNOWN_KEY_INTERVAL_MS) await ask();
      return failures > 0 ? null : keySet;
    },
    /** Fetches now, for a person who wants to know. */
    async check(): Promise<{ keySet: KeySet | null; error: string | null }> {
      await ask();
      return error === null ? { keySet, error } : { keySet: null, error };
    },
  };
}
export type KeysAt = ReturnType<typeof keysAt>;

/**
 * The key sets of issuers. Each issuer has its own, also when two name the same address: what one tenant's callers
 * send never uses up another's turn to ask.
 */
export function createKeySets(options: Options) {
  const byIssuer = new Map<string, { url: string; keys: KeysAt }>();
  return {
    of(issuer: { id: string }, url: string): KeysAt {
      const known = byIssuer.get(issuer.id);
      if (known?.url === url) return known.keys;
      if (byIssuer.size >= MAX_REMEMBERED) byIssuer.delete(byIssuer.keys().next().value as string);
      const keys = keysAt(url, options);
      byIssuer.set(issuer.id, { url, keys });
      return keys;
    },
    /** For an issuer that is no more. */
    forget: (issuerId: string) => void byIssuer.delete(issuerId),
  };
}
export type KeySets = ReturnType<typeof createKeySets>;
