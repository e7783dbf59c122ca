/**
 * The shape of every secret that Gatehouse hands out: a prefix that says what it is, 43 characters that hold 32
 * random bytes (base64url, RFC 4648 section 5), and 6 characters of checksum (CRC-32 of prefix and body, base 62).
 * The checksum lets a mistyped or random string be refused without asking anybody. Pure: runs in a browser too.
 */
export const CREDENTIAL_PREFIX = {
  apiKey: "gh_",
  accessToken: "ght_",
  claimLink: "ghc_",
  invitation: "ghi_",
  personalLink: "ghl_",
} as const;
export type CredentialKind = keyof typeof CREDENTIAL_PREFIX;

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BODY_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The CRC-32 of the first `length` characters, which are ASCII. */
function crc32(text: string, length: number): number {
  let crc = 0xffffffff;
  for (let i = 0; i < length; i++) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ text.charCodeAt(i)) & 0xff] as number);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function checksum(text: string): string {
  let rest = crc32(text, text.length);
  let out = "";
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    out = BASE62[rest % 62] + out;
    rest = Math.floor(rest / 62);
  }
  return out;
}

/** What a character is worth in base 62, by its code. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, BASE62.indexOf(String.fromCharCode(code))),
);

/** Builds the whole secret from 32 random bytes. Throws RangeError for any other length. */
export function formatCredential(kind: CredentialKind, bytes: Uint8Array): string {
  if (bytes.length !== 32) throw new RangeError("a credential holds exactly 32 bytes");
  const body = btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
  const head = CREDENTIAL_PREFIX[kind] + body;
  return head + checksum(head);
}

const SHAPES: Record<CredentialKind, RegExp> = {
  apiKey: /^gh_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/,
  accessToken: /^ght_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/,
  claimLink: /^ghc_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/,
  invitation: /^ghi_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/,
  personalLink: /^ghl_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/,
};

/** Whether `text` has the right shape and its checksum holds. Says nothing about whether it was ever issued. */
export function isWellFormedCredential(kind: CredentialKind, text: string): boolean {
  if (!SHAPES[kind].test(text)) return false;
  const split = CREDENTIAL_PREFIX[kind].length + BODY_LENGTH;
  // As numbers: this is asked of every request that brings a key.
  let told = 0;
  for (let i = split; i < text.length; i++) told = told * 62 + (DIGITS[text.charCodeAt(i)] as number);
  return told === crc32(text, split);
}

const API_KEY_LENGTH = CREDENTIAL_PREFIX.apiKey.length + BODY_LENGTH + CHECKSUM_LENGTH;

/** Whether an API key stands anywhere in `text`; its checksum tells it from text that only begins like one. */
export function holdsApiKey(text: string): boolean {
  const { apiKey } = CREDENTIAL_PREFIX;
  for (let at = text.indexOf(apiKey); at !== -1; at = text.indexOf(apiKey, at + 1)) {
    if (isWellFormedCredential("apiKey", text.slice(at, at + API_KEY_LENGTH))) return true;
  }
  return false;
}

/** What may be shown of a secret after the one time it was shown whole. */
export function displayParts(kind: CredentialKind, text: string): { prefix: string; lastFour: string } {
  return { prefix: text.slice(0, CREDENTIAL_PREFIX[kind].length + 6), lastFour: text.slice(-4) };
}
