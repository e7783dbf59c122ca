import { z } from "zod";

const providerName = z
  .string()
  .regex(/^[a-z](?:-?[a-z0-9]){0,29}$/, "is not a provider of this installation");

/** What a tenant asks of everybody who enters it. */
export const demandsSchema = z.strictObject({
  requireTwoFactor: z.boolean(),
  onlySso: z.boolean(),
  /** The providers through which members come where `onlySso` is on. */
  ssoProviders: z.array(providerName).max(20),
});
export type Demands = z.output<typeof demandsSchema>;

export const securitySchema = z.object({
  ...demandsSchema.shape,
  version: z.int(),
  /** The providers of this installation; none means that `onlySso` cannot be switched on. */
  providers: z.array(z.object({ name: z.string(), label: z.string() })),
});
export type Security = z.output<typeof securitySchema>;

/** The version that the person saw may be here, or in `If-Match`. */
export const editedSecuritySchema = demandsSchema.extend({ version: z.int().min(1).optional() });

const flag = z.enum(["true", "false"]).transform((text) => text === "true");
export const previewQuerySchema = z.strictObject({
  requireTwoFactor: flag,
  onlySso: flag,
  ssoProviders: z
    .string()
    .max(700)
    .optional()
    .transform((text) => (text ? text.split(",") : []))
    .pipe(demandsSchema.shape.ssoProviders),
});

/** Who would be kept out by demands, and why. */
export const previewSchema = z.object({
  members: z.int(),
  withoutSecondFactor: z.int(),
  withoutProvider: z.int(),
  /** The first of them, by name. */
  people: z.array(
    z.object({
      userId: z.uuid(),
      name: z.string(),
      email: z.string(),
      lacks: z.array(z.enum(["second_factor", "provider"])),
    }),
  ),
  /** Access tokens of people, bound to this tenant, that would stop working. */
  tokens: z.int(),
  /** Why the demands cannot be made by whoever asks; null when they can. */
  refusal: z.string().nullable(),
});
export type Preview = z.output<typeof previewSchema>;
