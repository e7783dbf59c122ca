import { z } from "zod";
import { ROLES } from "#lib/access/permissions.ts";
import { LONGEST_PASSWORD } from "./rules.ts";

/** Before anything is put into lower case: letters of other scripts that become an ASCII letter would change whose address it is. */
const ASCII = /^[\x21-\x7e]*$/;

/** An e-mail address as it is stored: trimmed and in lower case, ASCII only, so that none looks like another. */
export const emailSchema = z
  .string()
  .trim()
  .max(254, "is longer than 254 characters")
  .regex(ASCII, "is not an e-mail address")
  .toLowerCase()
  .pipe(z.email("is not an e-mail address"));

/** What a person types; the bound keeps a huge password from costing a huge hash. */
export const credentialsSchema = z.object({
  email: emailSchema,
  password: z.string().min(1).max(LONGEST_PASSWORD),
});

/** What a person gives to prove again that it is them. */
export const confirmationSchema = z.strictObject({
  password: z.string().min(1, "Enter your password.").max(LONGEST_PASSWORD, "This is not your password."),
});
export type Confirmation = z.output<typeof confirmationSchema>;

/** The ways in which somebody can prove it again. */
export const CONFIRMATION_WAYS = ["password", "passkey", "totp", "provider"] as const;
export type ConfirmationWay = (typeof CONFIRMATION_WAYS)[number];

/** Which of them this person has. */
export const waysToConfirmSchema = z.object({ ways: z.array(z.enum(CONFIRMATION_WAYS)) });
export type WaysToConfirm = z.output<typeof waysToConfirmSchema>;

/** Whoever is asking, and how they proved it. */
export const meSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  /** Of the installation: the support desk is theirs. */
  operator: z.boolean(),
  signedInWith: z.enum(["session", "token"]),
});

/** The person's own role in a tenant. */
export const roleSchema = z.enum(ROLES);
