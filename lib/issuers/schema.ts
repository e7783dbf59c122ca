import { z } from "zod";
import {
  ALGORITHMS,
  DEFAULT_CLOCK_SKEW_SECONDS,
  ISSUER_KINDS,
  type IssuerKind,
  MAX_CLOCK_SKEW_SECONDS,
} from "#lib/contract/issuer.ts";
import { line } from "#lib/contract/text.ts";
import { MAX_TOKEN_LENGTH } from "#lib/contract/token-shape.ts";
import { secretProblem } from "./rules.ts";

export const SECRET_ENCODINGS = ["text", "base64"] as const;

/** An issuer as anybody in the tenant may see it: everything but its secret, which nobody can see again. */
export const issuerSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  iss: z.string(),
  audiences: z.array(z.string()),
  kind: z.enum(ISSUER_KINDS),
  jwksUrl: z.string().nullable(),
  algorithms: z.array(z.string()),
  clockSkewSeconds: z.int(),
  enabled: z.boolean(),
  /** What keeps its tokens from being checked, as far as the console can tell without asking anybody. */
  problem: z.string().nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  updatedAt: z.iso.datetime(),
  version: z.int(),
});
export type IssuerView = z.output<typeof issuerSchema>;

const algorithm = z.enum([...ALGORITHMS.jwks, ...ALGORITHMS.secret]);
const jwksUrl = z
  .string()
  .max(2_048, "is longer than 2048 characters")
  .refine((text) => {
    const url = URL.parse(text);
    const plain = url !== null && !url.username && !url.password && !url.hash;
    return plain && ["http:", "https:"].includes(url.protocol) && !/\s/.test(text) && text.isWellFormed();
  }, "must be an https:// URL without credentials");

const fields = {
  name: line(1, 120),
  iss: line(1, 512),
  audiences: z.array(line(1, 512)).min(1, "needs at least one").max(20, "has more than 20"),
  jwksUrl: jwksUrl.optional(),
  secret: z
    .string()
    .min(1, "is required")
    .max(2_048, "is longer than 2048 characters")
    .regex(/^\P{Cc}*$/u, "has a control character, such as a line break")
    .optional(),
  /** Whether the secret's bytes are those of its text, or what its base64 stands for. */
  secretEncoding: z.enum(SECRET_ENCODINGS).default("text"),
  clockSkewSeconds: z.int().min(0).max(MAX_CLOCK_SKEW_SECONDS),
  enabled: z.boolean(),
};
const algorithms = z.array(algorithm).min(1, "needs at least one").max(10, "has more than 10");

type Checked = {
  kind?: IssuerKind | undefined;
  jwksUrl?: string | undefined;
  secret?: string | undefined;
  secretEncoding: (typeof SECRET_ENCODINGS)[number];
  algorithms?: string[] | undefined;
};

function checkSecret(value: Checked, context: z.RefinementCtx): void {
  const problem = value.secret === undefined ? null : secretProblem(value.secret, value.secretEncoding);
  if (problem) context.addIssue({ code: "custom", path: ["secret"], message: problem });
}

export const newIssuerSchema = z
  .strictObject({
    ...fields,
    kind: z.enum(ISSUER_KINDS),
    algorithms: algorithms.optional(),
    clockSkewSeconds: fields.clockSkewSeconds.default(DEFAULT_CLOCK_SKEW_SECONDS),
    enabled: fields.enabled.default(true),
  })
  .superRefine((value, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    const [wanted, other] =
      value.kind === "jwks" ? (["jwksUrl", "secret"] as const) : (["secret", "jwksUrl"] as const);
    if (value[wanted] === undefined) issue(wanted, "is required");
    if (value[other] !== undefined) issue(other, "does not belong to this kind of issuer");
    const known: readonly string[] = ALGORITHMS[value.kind];
    if (value.algorithms?.some((each) => !known.includes(each))) {
      issue("algorithms", `must be among ${known.join(", ")} for this kind of issuer`);
    }
    checkSecret(value, context);
  });
export type NewIssuer = z.output<typeof newIssuerSchema>;

/** What may be changed; the kind stays. A new secret replaces the old one at once. */
export const editedIssuerSchema = z
  .strictObject({
    name: fields.name.optional(),
    iss: fields.iss.optional(),
    audiences: fields.audiences.optional(),
    jwksUrl: fields.jwksUrl,
    secret: fields.secret,
    secretEncoding: fields.secretEncoding,
    algorithms: algorithms.optional(),
    clockSkewSeconds: fields.clockSkewSeconds.optional(),
    enabled: fields.enabled.optional(),
    version: z.int().optional(),
  })
  .superRefine(checkSecret);
export type EditedIssuer = z.output<typeof editedIssuerSchema>;

/** Which routes ask for a bearer token: those that answer callers now, and those of the draft. */
export const bearerRoutesSchema = z.object({
  live: z.int(),
  draft: z.int(),
  /** A few of them, live ones first. */
  examples: z.array(z.object({ id: z.uuid(), method: z.string(), path: z.string() })),
});
export type BearerRoutes = z.output<typeof bearerRoutesSchema>;

export const tokenToCheckSchema = z.strictObject({ token: line(1, MAX_TOKEN_LENGTH) });

/** What the gateways would say of a token now, and why. Holds the token's claims only when it is good. */
export const tokenCheckSchema = z.object({
  outcome: z.enum(["valid", "refused", "unavailable"]),
  code: z.enum(["invalid_token", "expired_token", "unavailable"]).nullable(),
  message: z.string(),
  issuer: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  claims: z.record(z.string(), z.json()).nullable(),
  scopes: z.array(z.string()),
});
export type TokenCheckView = z.output<typeof tokenCheckSchema>;

/** What an issuer's address answered a moment ago. */
export const keySetCheckSchema = z.object({
  error: z.string().nullable(),
  keys: z.array(z.object({ kid: z.string().nullable(), type: z.string(), algorithm: z.string().nullable() })),
  ignored: z.int(),
  checkedAt: z.iso.datetime(),
});
export type KeySetCheck = z.output<typeof keySetCheckSchema>;
