import { z } from "zod";
import { isWellFormedCredential } from "#lib/contract/credential.ts";
import { line } from "#lib/contract/text.ts";
import { LONGEST_PASSWORD, whyNotLength } from "#lib/sign-in/rules.ts";
import { emailSchema } from "#lib/sign-in/schema.ts";

/** One's own account, as its page shows it. */
export const accountSchema = z.object({
  name: z.string(),
  email: z.string(),
  /** Since when it is known that mail to the address arrives; null while it is not. */
  emailVerifiedAt: z.string().nullable(),
  /** An address that was asked for, or the present one, to which a link is on its way. */
  pendingEmail: z.object({ email: z.string(), expiresAt: z.string() }).nullable(),
  hasPassword: z.boolean(),
  passwordChangedAt: z.string().nullable(),
  /** Whether this installation sends mail at all. */
  sendsMail: z.boolean(),
});
export type Account = z.output<typeof accountSchema>;

export const profileSchema = z.strictObject({ name: line(1, 120) });

/** A password that somebody wants; how easily it is guessed is looked at on the server. */
const newPassword = z.string().check(({ value, issues }) => {
  const message = whyNotLength(value);
  if (message) issues.push({ code: "custom", input: "", message });
});
/** One that is there already: of any length that one could ever have had. */
const presentPassword = z.string().max(LONGEST_PASSWORD, "This is not your password.");

export const passwordChangeSchema = z.strictObject({
  /** The present one; left out by somebody who has none yet. */
  current: presentPassword.optional(),
  password: newPassword,
});
export type PasswordChange = z.output<typeof passwordChangeSchema>;

/** For feedback while somebody types: any text, and what is wrong with it. */
export const passwordCheckSchema = z.strictObject({ password: z.string().max(4 * LONGEST_PASSWORD) });
export const passwordVerdictSchema = z.object({
  /** Why it cannot be taken, in words; null when it can. */
  reason: z.string().nullable(),
});

/** What a one-time link holds behind the `#`. */
const secret = z
  .string()
  .max(100, "is not a link's secret")
  .refine((text) => isWellFormedCredential("personalLink", text), "is not a link's secret");

export const resetRequestSchema = z.strictObject({ email: emailSchema });
export const resetCheckSchema = z.strictObject({
  secret,
  password: z
    .string()
    .max(4 * LONGEST_PASSWORD)
    .optional(),
});
export const openedResetSchema = z.object({
  /** Whose password the link sets. */
  email: z.string(),
  expiresAt: z.string(),
  /** Why the password cannot be taken; null when it can, or none was given. */
  reason: z.string().nullable(),
});
export type OpenedReset = z.output<typeof openedResetSchema>;
export const resetUseSchema = z.strictObject({ secret, password: newPassword });

export const emailChangeSchema = z.strictObject({
  email: emailSchema,
  /** The present one; left out by somebody who has none. */
  password: presentPassword.optional(),
});
export type EmailChange = z.output<typeof emailChangeSchema>;
export const pendingEmailSchema = z.object({ email: z.string(), expiresAt: z.string() });
export const emailProofSchema = z.strictObject({ secret });
export const verifiedEmailSchema = z.object({ email: z.string() });

/** One browser in which the person is signed in. */
export const sessionSchema = z.object({
  id: z.uuid(),
  /** The one that is asking. */
  current: z.boolean(),
  device: z.string(),
  /** What was given to sign in. */
  method: z.enum(["password", "passkey", "oidc"]),
  provider: z.string().nullable(),
  secondFactor: z.enum(["totp", "recovery", "passkey", "provider"]).nullable(),
  /** The address of its last use, and what can be said of where that is without asking anybody. */
  ip: z.string(),
  place: z.string().nullable(),
  createdAt: z.string(),
  lastSeenAt: z.string(),
});
export type BrowserSession = z.output<typeof sessionSchema>;
export const endedSessionsSchema = z.object({ ended: z.number() });

/** Something that happened to the account. */
export const activitySchema = z.object({
  id: z.uuid(),
  at: z.string(),
  action: z.string(),
  /** Who did it, as far as it was known. */
  actor: z.string(),
  ip: z.string(),
  place: z.string().nullable(),
  /** What it was done with, or to: a device, a name. */
  about: z.string().nullable(),
});
export type Activity = z.output<typeof activitySchema>;
