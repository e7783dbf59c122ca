import { z } from "zod";
import { PROVIDER_NAME } from "#lib/identities/rules.ts";
import { emailSchema } from "#lib/sign-in/schema.ts";

const time = z.iso.datetime();

/** How the installation is set up. Nothing in it is secret. */
export const setupSchema = z.object({
  version: z.string(),
  consoleUrl: z.string(),
  mail: z.object({ configured: z.boolean(), from: z.string() }),
  providers: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      issuer: z.string(),
      /** What is registered with the provider. */
      redirectUri: z.string(),
      scopes: z.string(),
      algorithm: z.string(),
      trustEmail: z.boolean(),
      emailDomains: z.array(z.string()),
      signUp: z.enum(["nobody", "invited", "anybody"]),
      /** What counts as a second factor, as the setting says it. */
      secondFactor: z.array(z.string()),
      /** Tenants that let members in only through it, and perhaps others. */
      requiredBy: z.int(),
    }),
  ),
  /** Providers that tenants insist on and the installation no longer has: their members cannot enter. */
  missingProviders: z.array(z.object({ name: z.string(), tenants: z.int() })),
  encryption: z.object({
    keys: z.array(
      z.object({
        id: z.string(),
        /** The newest seals what is new; an older one only opens; an unknown one cannot be opened here. */
        state: z.enum(["newest", "older", "unknown"]),
        secrets: z.int(),
      }),
    ),
  }),
  retentionDays: z.object({ succeeded: z.int(), dead: z.int(), closed: z.int() }),
});
export type Setup = z.output<typeof setupSchema>;

export const providerCheckSchema = z.object({
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), text: z.string() })),
});
export type ProviderCheck = z.output<typeof providerCheckSchema>;
export const askedProviderSchema = z.strictObject({
  provider: z.string().regex(PROVIDER_NAME, "is not a provider of this installation"),
});

export const testMailSchema = z.object({
  delivery: z.enum(["sent", "not_configured", "failed"]),
  to: z.string(),
});
export type TestMail = z.output<typeof testMailSchema>;

/** Somebody who runs the installation. */
export const operatorSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  disabled: z.boolean(),
  secondFactor: z.boolean(),
  lastSeenAt: time.nullable(),
  you: z.boolean(),
  /** Why they cannot stop being one; null when they can. */
  whyNotRevoke: z.string().nullable(),
});
export type Operator = z.output<typeof operatorSchema>;

export const newOperatorSchema = z.strictObject({ email: emailSchema });
