import { isWellFormedCredential } from "./credential.ts";

/** What somebody who looks for a key has typed or pasted. Only a `search` and an `id` may be sent anywhere. */
export type Looked =
  | { kind: "nothing" }
  | { kind: "search"; q: string }
  | { kind: "id"; id: string }
  | { kind: "key"; key: string }
  | { kind: "wrong"; why: string };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const KEY_LENGTH = 52;
/** A prefix has nine characters; whatever begins like a key and is longer holds more of the secret than is shown. */
const PREFIX_LENGTH = 9;

/** Tells a whole key from a part of one, a name, an id, and from a secret that must not be sent. */
export function lookAt(text: string): Looked {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "nothing" };
  if (UUID.test(trimmed)) return { kind: "id", id: trimmed.toLowerCase() };
  const whole = /gh_[A-Za-z0-9_-]{49}(?![A-Za-z0-9_-])/.exec(trimmed)?.[0];
  if (whole && isWellFormedCredential("apiKey", whole)) return { kind: "key", key: whole };
  if (/ght_[A-Za-z0-9_-]{10}/.test(trimmed)) {
    return { kind: "wrong", why: "This is an access token for the management API, not an API key." };
  }
  if (/ghc_[A-Za-z0-9_-]{10}/.test(trimmed)) {
    return { kind: "wrong", why: "This is the secret of a claim link, not an API key." };
  }
  const begun = /gh_\S*/.exec(trimmed)?.[0] ?? "";
  if (whole || begun.length === KEY_LENGTH) {
    return { kind: "wrong", why: "The checksum is wrong: a character was mistyped, changed or swapped." };
  }
  if (begun.length > PREFIX_LENGTH) {
    return {
      kind: "wrong",
      why: `A whole key has ${KEY_LENGTH} characters and this one has ${begun.length}: a part is missing or too much.`,
    };
  }
  if (/[A-Za-z0-9_-]{40,}/.test(trimmed)) {
    return { kind: "wrong", why: "This looks like a secret, and a whole key begins with gh_." };
  }
  return { kind: "search", q: trimmed.slice(0, 200) };
}

/** Whether what was typed into a search must stay out of addresses: a key, or most of one. */
export function isSecret(text: string): boolean {
  const { kind } = lookAt(text);
  return kind === "key" || kind === "wrong";
}

/** The SHA-256 of a key in lower-case hex; null where the browser refuses to work it out (no https). */
export async function hashOf(key: string, subtle = globalThis.crypto?.subtle): Promise<string | null> {
  if (!subtle) return null;
  const digest = await subtle.digest("SHA-256", new TextEncoder().encode(key));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
