import { z } from "zod";
import { ROLES } from "#lib/access/permissions.ts";

export const memberSchema = z.object({
  userId: z.uuid(),
  email: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  memberSince: z.iso.datetime(),
});
export type Member = z.output<typeof memberSchema>;
