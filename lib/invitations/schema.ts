import { z } from "zod";
import { ROLES } from "#lib/access/permissions.ts";
import { whyNotEmailAddress } from "#lib/contract/email-address.ts";
import { line, printable } from "#lib/contract/text.ts";
import { emailSchema } from "#lib/sign-in/schema.ts";

export const INVITATION_STATUSES = ["pending", "accepted", "expired", "cancelled", "void"] as const;
export type InvitationStatus = (typeof INVITATION_STATUSES)[number];

/** What became of the mail with the newest link: `limited` when too many were sent lately. */
export const MAIL_STATES = ["none", "sending", "sent", "failed", "limited"] as const;
export type MailState = (typeof MAIL_STATES)[number];

export const MIN_DAYS = 1;
export const MAX_DAYS = 30;
export const DEFAULT_DAYS = 7;
/** So many at once: each of them may be a mail. */
export const MOST_AT_ONCE = 20;

/** An invitation as the tenant's people see it: everything but its links. */
export const invitationSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  role: z.enum(ROLES),
  status: z.enum(INVITATION_STATUSES),
  mail: z.enum(MAIL_STATES),
  mailedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  invitedBy: z.string(),
  expiresAt: z.iso.datetime(),
  acceptedAt: z.iso.datetime().nullable(),
  cancelledAt: z.iso.datetime().nullable(),
  cancelledBy: z.string().nullable(),
});
export type Invitation = z.output<typeof invitationSchema>;

/** The one answer that holds the link. */
export const newInvitationSchema = invitationSchema.extend({ link: z.string() });
export type NewInvitation = z.output<typeof newInvitationSchema>;

const invitedEmail = z
  .string()
  .max(1_000, "is longer than 254 characters")
  .superRefine((text, context) => {
    const reason = whyNotEmailAddress(text);
    if (reason) context.addIssue({ code: "custom", message: reason });
  })
  .pipe(emailSchema);

const expiresInDays = z.int().min(MIN_DAYS).max(MAX_DAYS).default(DEFAULT_DAYS);

export const newInvitationsSchema = z.strictObject({
  emails: z
    .array(invitedEmail)
    .min(1, "needs at least one address")
    .max(MOST_AT_ONCE, `takes at most ${MOST_AT_ONCE} addresses at once`)
    .refine((emails) => new Set(emails).size === emails.length, "names an address twice"),
  role: z.enum(ROLES),
  expiresInDays,
  /** Whether to mail the link as well, where a mail server is configured. */
  sendMail: z.boolean().default(true),
});
export type NewInvitations = z.output<typeof newInvitationsSchema>;

export const renewedInvitationSchema = z.strictObject({ expiresInDays });

export const invitationFilters = {
  q: line(0, 200).optional(),
  status: z.enum(INVITATION_STATUSES).optional(),
};

/** What a visitor sends: the part of the link behind the #. Any text, so that no shape answers differently. */
const secret = printable(0, 300);
export const presentedInvitationSchema = z.strictObject({ secret });
export const signUpSchema = z.strictObject({
  secret,
  name: line(1, 120),
  password: z.string().min(1, "is required").max(1_024, "is longer than 1024 characters"),
});
export type SignUp = z.output<typeof signUpSchema>;

/** What somebody who holds the link may know before deciding; the same whether the address has an account or not. */
export const openedInvitationSchema = z.object({
  tenant: z.object({ name: z.string() }),
  email: z.string(),
  role: z.enum(ROLES),
  invitedBy: z.string(),
  expiresAt: z.iso.datetime(),
});
export type OpenedInvitation = z.output<typeof openedInvitationSchema>;

export const acceptedInvitationSchema = z.object({
  tenant: z.object({ slug: z.string(), name: z.string() }),
  email: z.string(),
  /** What the person is there now. */
  role: z.enum(ROLES),
  /** They were a member before, and keep the role that they had. */
  already: z.boolean(),
});
export type AcceptedInvitation = z.output<typeof acceptedInvitationSchema>;
