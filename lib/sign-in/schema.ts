import { z } from "zod";
import { ROLES } from "#lib/access/permissions.ts";
import { whyNotEmailAddress } from "#lib/contract/email-address.ts";
import { assertionSchema, codeSchema } from "#lib/second-factors/schema.ts";
import { LONGEST_PASSWORD } from "./rules.ts";

/** An e-mail address as it is stored: trimmed and in lower case, of letters that cannot pass for others. */
export const emailSchema = z
  .string()
  .trim()
  .check(({ value, issues }) => {
    const message = whyNotEmailAddress(value);
    if (message) issues.push({ code: "custom", input: "", message });
  })
  .toLowerCase();

/** What a person types; the bound keeps a huge password from costing a huge hash. */
export const credentialsSchema = z.object({
  email: emailSchema,
  password: z.string().min(1).max(LONGEST_PASSWORD),
});

/** What a person gives to prove again that it is them: whichever they have at hand. */
export const confirmationSchema = z.union([
  z.strictObject({
    password: z.string().min(1, "Enter your password.").max(LONGEST_PASSWORD, "This is not your password."),
  }),
  z.strictObject({ code: codeSchema }),
  z.strictObject({ passkey: assertionSchema }),
]);
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
