import { z } from "zod";

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
