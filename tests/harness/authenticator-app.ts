import { Secret, TOTP } from "otpauth";

/** What a person's authenticator app shows now, or some steps of 30 s from now. */
export const appCode = (secret: string, steps = 0): string =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: Date.now() + steps * 30_000 });
