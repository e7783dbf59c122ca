import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/** Secrets that must be read again by a machine, kept in the database so that the database alone cannot read them. */
export type SealedSecret = {
  /** Which encryption key sealed it; says nothing about the key. */
  keyId: string;
  /** 12 bytes of nonce, 16 of tag, then the cipher text (AES-256-GCM). */
  sealed: Uint8Array;
};

export type EncryptionKey = { id: string; key: Buffer };
/** The keys that are known, newest first: the first one seals, any of them opens. */
export type Keyring = readonly EncryptionKey[];

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const ENCODED = /^[A-Za-z0-9+/_-]{43}=?$/;

/** The setting is there and is not what it must be. The message does not quote it. */
export class KeyringError extends Error {
  override name = "KeyringError";
}

/**
 * Reads GATEHOUSE_ENCRYPTION_KEY: 32 random bytes in base64 or base64url, or several of them with commas between, the
 * newest first, while an older one is being replaced. Empty when it is not set. Throws KeyringError.
 */
export function readKeyring(setting: string | undefined): Keyring {
  if (!setting?.trim()) return [];
  return setting.split(",").map((part) => {
    const text = part.trim();
    const key = Buffer.from(text, "base64url");
    if (!ENCODED.test(text) || key.length !== KEY_BYTES) {
      throw new KeyringError(
        "GATEHOUSE_ENCRYPTION_KEY must be 32 random bytes in base64: `openssl rand -base64 32` makes such a key.",
      );
    }
    return {
      id: createHash("sha256").update("gatehouse key id").update(key).digest("hex").slice(0, 16),
      key,
    };
  });
}

/** Seals `secret` with the newest key. `boundTo` must be given again to open it: it keeps a row's secret in its row. */
export function sealSecret(keyring: Keyring, secret: Uint8Array, boundTo: string): SealedSecret {
  const [newest] = keyring;
  if (!newest) throw new KeyringError("GATEHOUSE_ENCRYPTION_KEY is not set.");
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, newest.key, nonce).setAAD(Buffer.from(boundTo));
  const text = Buffer.concat([cipher.update(secret), cipher.final()]);
  return { keyId: newest.id, sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]) };
}

/** Opens a sealed secret. Throws KeyringError when its key is not known, it was changed, or it belongs elsewhere. */
export function openSecret(keyring: Keyring, { keyId, sealed }: SealedSecret, boundTo: string): Buffer {
  const known = keyring.find(({ id }) => id === keyId);
  if (!known) {
    throw new KeyringError(
      keyring.length === 0
        ? "A stored secret cannot be read: GATEHOUSE_ENCRYPTION_KEY is not set."
        : `A stored secret cannot be read: it was sealed with another GATEHOUSE_ENCRYPTION_KEY (${keyId}).`,
    );
  }
  const bytes = Buffer.from(sealed);
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new KeyringError("A stored secret is damaged.");
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  try {
    const decipher = createDecipheriv(CIPHER, known.key, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(boundTo)).setAuthTag(bytes.subarray(NONCE_BYTES, tagEnd));
    return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]);
  } catch {
    throw new KeyringError("A stored secret is damaged, or was moved here from elsewhere.");
  }
}

/** What an issuer's shared secret is bound to. */
export const issuerSecretBinding = (tenantId: string, issuerId: string): string =>
  `issuer-secret:${tenantId}:${issuerId}`;

/** What the secrets of a webhook's endpoint are bound to. */
export const webhookSecretBinding = (tenantId: string, endpointId: string): string =>
  `webhook-secret:${tenantId}:${endpointId}`;

/** What the secret of a person's authenticator app is bound to. */
export const totpSecretBinding = (userId: string): string => `totp-secret:${userId}`;
