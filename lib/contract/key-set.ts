import type { TokenHeader } from "./token-shape.ts";

/** A public key of an issuer, with nothing but what verifying needs. */
export type PublicJwk = {
  kty: "RSA" | "EC" | "OKP";
  kid?: string;
  use?: string;
  alg?: string;
  key_ops?: string[];
} & {
  [member in "n" | "e" | "crv" | "x" | "y"]?: string;
};

/** An issuer's keys at one time. */
export type KeySet = {
  keys: readonly PublicJwk[];
  /** Entries that cannot verify a signature: private, symmetric, too short, or of an unknown kind. */
  ignored: number;
};

/** A document with more keys than this is no key set that anybody uses. */
const MAX_KEYS = 100;
/** Of the modulus; 2,048 bits take 342 characters of base64url. */
const MIN_RSA_CHARACTERS = 342;
/** Without a key ID every key that fits is tried, but no more than this many. */
const MAX_TRIED = 4;

const CURVES: Record<string, string> = { ES256: "P-256", ES384: "P-384", ES512: "P-521", EdDSA: "Ed25519" };

type Raw = Record<string, unknown>;
const text = (raw: Raw, name: string): string | undefined =>
  typeof raw[name] === "string" && raw[name].length <= 4_096 ? raw[name] : undefined;

function toPublicJwk(raw: Raw): PublicJwk | null {
  const members = ["kid", "use", "alg", "n", "e", "crv", "x", "y"] as const;
  const found = Object.fromEntries(
    members.map((name) => [name, text(raw, name)]).filter(([, value]) => value !== undefined),
  ) as Partial<Record<(typeof members)[number], string>>;
  const keyOps = raw.key_ops;
  if (keyOps !== undefined && !(Array.isArray(keyOps) && keyOps.every((op) => typeof op === "string")))
    return null;
  const common = { ...found, ...(keyOps ? { key_ops: keyOps as string[] } : {}) };
  switch (raw.kty) {
    case "RSA":
      return found.e && (found.n?.length ?? 0) >= MIN_RSA_CHARACTERS ? { kty: "RSA", ...common } : null;
    case "EC":
      return found.crv && found.x && found.y ? { kty: "EC", ...common } : null;
    case "OKP":
      return found.crv && found.x ? { kty: "OKP", ...common } : null;
    default:
      return null; // a symmetric key here would be public
  }
}

/** Reads a JSON Web Key Set (RFC 7517). Throws Error with a sentence when the text is none. */
export function parseKeySet(document: string): KeySet {
  let value: unknown;
  try {
    value = JSON.parse(document);
  } catch {
    throw new Error("The answer is not JSON.");
  }
  const entries = typeof value === "object" && value !== null ? (value as Raw).keys : undefined;
  if (!Array.isArray(entries)) throw new Error("The answer has no list of keys.");
  if (entries.length > MAX_KEYS) throw new Error(`The answer has more than ${MAX_KEYS} keys.`);
  const keys: PublicJwk[] = [];
  for (const entry of entries) {
    const key = typeof entry === "object" && entry !== null ? toPublicJwk(entry as Raw) : null;
    if (key) keys.push(key);
  }
  return { keys, ignored: entries.length - keys.length };
}

function fits(key: PublicJwk, alg: string): boolean {
  if (key.use !== undefined && key.use !== "sig") return false;
  if (key.key_ops && !key.key_ops.includes("verify")) return false;
  if (key.alg !== undefined && key.alg !== alg) return false;
  if (/^[RP]S/.test(alg)) return key.kty === "RSA";
  return key.kty === (alg === "EdDSA" ? "OKP" : "EC") && key.crv === CURVES[alg];
}

/** The keys that may have signed a token: those with its key ID, or, when it has none, the few that fit. */
export function keysFor({ keys }: KeySet, { alg, kid }: TokenHeader): PublicJwk[] {
  const fitting = keys.filter((key) => fits(key, alg) && (kid === undefined || key.kid === kid));
  return fitting.length <= MAX_TRIED ? fitting : [];
}
