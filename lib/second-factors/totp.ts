import { randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { env } from "#lib/env.ts";
import { DomainError } from "#lib/errors/domain-error.ts";
import { KeyringError, openSecret, sealSecret, totpSecretBinding } from "#lib/secrets/sealed-secret.ts";

/** 160 bits, as RFC 4226 recommends. */
const SECRET_BYTES = 20;
const PERIOD_SECONDS = 30;
/** What every authenticator app knows; several take nothing else, whatever the QR code says. */
const SHAPE = { algorithm: "SHA1", digits: 6, period: PERIOD_SECONDS } as const;
/** Clocks of phones are a little off, and people take a moment to type. */
const WINDOW_STEPS = 1;

export const newTotpSecret = (): Uint8Array => randomBytes(SECRET_BYTES);

const secretOf = (bytes: Uint8Array) => new Secret({ buffer: Uint8Array.from(bytes).buffer });

/** The secret for typing it in: base 32. */
export const totpText = (secret: Uint8Array): string => secretOf(secret).base32;

/** The `otpauth:` address that the QR code holds; the app shows which console and which account it is for. */
export function totpUri(secret: Uint8Array, email: string): string {
  const issuer = `Gatehouse ${new URL(env.consoleUrl).hostname}`;
  return new TOTP({ ...SHAPE, issuer, label: email, secret: secretOf(secret) }).toString();
}

/** The 30-second step whose code this is, of the present one and its neighbours; null when it is none of theirs. */
export function matchingStep(secret: Uint8Array, code: string, now = Date.now()): number | null {
  const delta = TOTP.validate({
    ...SHAPE,
    token: code,
    secret: secretOf(secret),
    window: WINDOW_STEPS,
    timestamp: now,
  });
  return delta === null ? null : Math.floor(now / 1_000 / PERIOD_SECONDS) + delta;
}

/** Why codes of an app cannot be set up here, in words for the person; null when they can. */
export const whyNoTotp = (): string | null =>
  env.encryptionKeyring.length > 0
    ? null
    : "Codes from an app need a secret that is kept encrypted, and this console has no key for that. Whoever runs it can set GATEHOUSE_ENCRYPTION_KEY, as docs/deployment.md says.";

/** Seals a person's secret. Throws `unavailable` where the installation has no key to do it with. */
export function sealTotp(userId: string, secret: Uint8Array) {
  const reason = whyNoTotp();
  if (reason) throw new DomainError("unavailable", reason);
  const { keyId, sealed } = sealSecret(env.encryptionKeyring, secret, totpSecretBinding(userId));
  return { secret: Uint8Array.from(sealed), secretKeyId: keyId };
}

/** Opens a person's secret. Throws `unavailable` when the key that sealed it is not there any more. */
export function openTotp(userId: string, row: { secret: Uint8Array; secretKeyId: string }): Uint8Array {
  try {
    const sealed = { keyId: row.secretKeyId, sealed: row.secret };
    return openSecret(env.encryptionKeyring, sealed, totpSecretBinding(userId));
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error;
    throw new DomainError(
      "unavailable",
      "Codes cannot be checked: this console does not have the encryption key under which your app's secret is kept. Use a passkey or a recovery code, or ask whoever runs it.",
    );
  }
}
