import { z } from "zod";
import { ROLES } from "#lib/access/permissions.ts";
import { line } from "#lib/contract/text.ts";

export const memberSchema = z.object({
  userId: z.uuid(),
  email: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  /** Whether signing in takes more than a password; null for whoever may not know. */
  secondFactor: z.boolean().nullable(),
  memberSince: z.iso.datetime(),
});
export type Member = z.output<typeof memberSchema>;

/** One member, with what ends when they go. */
export const memberDetailSchema = memberSchema.extend({
  /** Access tokens of theirs for this tenant that still work; null for whoever may not know. */
  activeTokens: z.int().nullable(),
  /** Invitations of theirs that nobody has used yet. */
  pendingInvitations: z.int().nullable(),
});
export type MemberDetail = z.output<typeof memberDetailSchema>;

/** How many there are: what the page says, and what its rules ask. */
export const memberCountsSchema = z.object({ members: z.int(), owners: z.int() });
export type MemberCounts = z.output<typeof memberCountsSchema>;

export const MEMBER_ORDERS = ["name", "joined", "role"] as const;
export type MemberOrder = (typeof MEMBER_ORDERS)[number];

export const memberFilters = {
  /** Looked for in name and e-mail address. */
  q: line(0, 200).optional(),
  role: z.enum(ROLES).optional(),
  factor: z.enum(["on", "off"]).optional(),
  /** By name, by who joined last, or by role, owners first. */
  order: z.enum(MEMBER_ORDERS).optional(),
};
export type MemberFilters = z.output<z.ZodObject<typeof memberFilters>>;

export const newRoleSchema = z.strictObject({ role: z.enum(ROLES) });

/** What `If-Match` may name: the role that the caller saw. */
export const seenRoleSchema = z.enum(ROLES).nullable();
