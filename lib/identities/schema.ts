import { z } from "zod";
import { PROVIDER_NAME } from "./rules.ts";

/** A provider as somebody may know it who wants to sign in. */
export const providerSchema = z.object({ name: z.string(), label: z.string() });
export type Provider = z.output<typeof providerSchema>;

const time = z.iso.datetime();

/** One of a person's own accounts at providers. */
export const identitySchema = z.object({
  id: z.uuid(),
  provider: z.string(),
  /** Null when the installation no longer knows the provider: it cannot be signed in with. */
  label: z.string().nullable(),
  /** What the provider called the person when it was added. */
  email: z.string(),
  createdAt: time,
  lastUsedAt: time.nullable(),
  /** Why it cannot be removed; null when it can. */
  whyNotRemove: z.string().nullable(),
  /** Tenants that would not let the person in without it. */
  neededBy: z.array(z.object({ slug: z.string(), name: z.string() })),
});
export type Identity = z.output<typeof identitySchema>;

export const myProvidersSchema = z.object({
  identities: z.array(identitySchema),
  providers: z.array(providerSchema),
});
export type MyProviders = z.output<typeof myProvidersSchema>;

export const ERRANDS = ["link", "confirm"] as const;
export type ErrandPurpose = (typeof ERRANDS)[number];

/** What a person goes to a provider for, while they are signed in. */
export const newErrandSchema = z.strictObject({
  provider: z.string().regex(PROVIDER_NAME, "is not a provider of this installation"),
  purpose: z.enum(ERRANDS),
});
export const errandTicketSchema = z.object({ ticket: z.string() });
