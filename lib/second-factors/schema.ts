import { z } from "zod";
import { line } from "#lib/contract/text.ts";
import { plainCode, plainRecoveryCode } from "./rules.ts";

/** The largest body that a passkey's answer may take, in bytes; a real one has about two thousand. */
export const FACTOR_BODY_BYTES = 64 * 1024;

/** Six digits of an authenticator app; spaces and dashes are nothing. */
export const codeSchema = z
  .string()
  .max(40, "is six digits")
  .transform(plainCode)
  .pipe(z.string().regex(/^[0-9]{6}$/, "is six digits"));

/** One of the codes that a person keeps for the day on which the rest is lost. */
export const recoveryCodeSchema = z
  .string()
  .max(80, "has 16 letters and digits")
  .transform(plainRecoveryCode)
  .pipe(z.string().regex(/^[0-9a-hjkmnp-tv-z]{16}$/, "has 16 letters and digits"));

const base64url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/, "is not base64url");

/** What a browser gives when a passkey was used. */
export const assertionSchema = z.strictObject({
  id: base64url(1_400),
  clientDataJSON: base64url(8_000),
  authenticatorData: base64url(8_000),
  signature: base64url(4_000),
  /** Whose passkey it is; needed where nobody is known yet. */
  userHandle: base64url(100).nullable().default(null),
});
export type Assertion = z.output<typeof assertionSchema>;

/** What a browser gives when a passkey was made. */
export const attestationSchema = z.strictObject({
  id: base64url(1_400),
  clientDataJSON: base64url(8_000),
  attestationObject: base64url(32_000),
  transports: z
    .array(z.string().regex(/^[a-z-]{1,20}$/))
    .max(10)
    .default([]),
});
export type Attestation = z.output<typeof attestationSchema>;

/** A second factor, whichever the person has at hand. */
export const givenFactorSchema = z.union([
  z.strictObject({ code: codeSchema }),
  z.strictObject({ recoveryCode: recoveryCodeSchema }),
  z.strictObject({ passkey: assertionSchema }),
]);
export type GivenFactor = z.output<typeof givenFactorSchema>;

export const confirmTotpSchema = z.strictObject({ code: codeSchema });
export const passkeyNameSchema = z.strictObject({ name: line(1, 120) });
export const newPasskeySchema = z.strictObject({ name: line(1, 120), response: attestationSchema });

/** What the browser's `navigator.credentials` is called with; the challenge in it is good for five minutes, once. */
export const ceremonySchema = z.looseObject({ challenge: z.string() });

/** An authenticator app's secret, in this answer only. */
export const totpSetupSchema = z.object({ secret: z.string(), uri: z.string() });
export type TotpSetup = z.output<typeof totpSetupSchema>;

/** A new set of recovery codes, in this answer only; null when the person's old set goes on. */
export const recoveryCodesSchema = z.object({ recoveryCodes: z.array(z.string()) });
export const enrolledSchema = z.object({ recoveryCodes: z.array(z.string()).nullable() });

export const passkeySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Kept by a service that brings it to the person's other devices. */
  synced: z.boolean(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
});
export type Passkey = z.output<typeof passkeySchema>;

export const addedPasskeySchema = enrolledSchema.extend({ passkey: passkeySchema });

/** What a person gives beside the password, and what they could. */
export const secondFactorsSchema = z.object({
  /** The authenticator app; null without one. */
  totp: z.object({ since: z.iso.datetime(), lastUsedAt: z.iso.datetime().nullable() }).nullable(),
  passkeys: z.array(passkeySchema),
  /** Null while there is no factor that they could stand in for. */
  recoveryCodes: z.object({ left: z.int(), of: z.int(), since: z.iso.datetime() }).nullable(),
  /** Names of the person's tenants that ask everybody for two factors. */
  requiredBy: z.array(z.string()),
  /** Why the one or the other cannot be set up on this installation; null when it can. */
  whyNoTotp: z.string().nullable(),
  whyNoPasskeys: z.string().nullable(),
});
export type SecondFactors = z.output<typeof secondFactorsSchema>;
