import { z } from "zod";
import { TRACE_STEPS } from "#lib/contract/trace.ts";

/** What may be typed or pasted as a body to be judged; a route may take more, and only its size counts then. */
export const MAX_EXPLAINED_BODY = 1024 * 1024;
const MAX_TARGET = 8_192;
const MAX_HEADERS = 100;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers that hold a secret, and what to send in their place. */
const SECRET_HEADERS: Record<string, string> = {
  "x-api-key": "is not sent as a header: name the key by apiKeyId or apiKeyHash, so that no secret travels",
  authorization: "is not sent as a header: use the field authorization, which is neither stored nor logged",
};

const header = z
  .strictObject({
    name: z.string().max(128).regex(TOKEN, "is not a header's name"),
    value: z.string().max(8_192).regex(VALUE, "has a character that a header cannot carry"),
  })
  .superRefine(({ name }, context) => {
    const message = SECRET_HEADERS[name.toLowerCase()];
    if (message) context.addIssue({ code: "custom", path: ["name"], message });
  });

/** A request to explain: what a caller would send, but for the key's secret. */
export const explainInputSchema = z
  .strictObject({
    method: z.string().max(32).regex(TOKEN, "is not a method").default("GET"),
    path: z
      .string()
      .max(MAX_TARGET, `is longer than ${MAX_TARGET} characters`)
      .startsWith("/", "must start with /")
      .refine(
        (text) => !text.includes("\u0000") && text.isWellFormed(),
        "has a character that no path can have",
      ),
    headers: z.array(header).max(MAX_HEADERS, `holds more than ${MAX_HEADERS} headers`).default([]),
    body: z
      .strictObject({
        text: z
          .string()
          .refine(
            (text) => text.length <= MAX_EXPLAINED_BODY && new Blob([text]).size <= MAX_EXPLAINED_BODY,
            "is larger than 1 MiB",
          ),
      })
      .nullable()
      .default(null),
    sourceIp: z.union([z.ipv4(), z.ipv6()], "is not an IP address").nullable().default(null),
    apiKeyId: z.uuid().toLowerCase().nullable().default(null),
    apiKeyHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "is not a SHA-256 in lower-case hexadecimal")
      .nullable()
      .default(null),
    authorization: z
      .string()
      .max(16_384)
      .regex(VALUE, "has a character that a header cannot carry")
      .nullable()
      .default(null),
  })
  .refine(({ apiKeyId, apiKeyHash }) => apiKeyId === null || apiKeyHash === null, {
    path: ["apiKeyHash"],
    message: "names a key a second time: send it or apiKeyId",
  });
export type ExplainInput = z.output<typeof explainInputSchema>;

const headerPairs = z.array(z.object({ name: z.string(), value: z.string() }));

export const traceStepSchema = z.object({
  step: z.enum(TRACE_STEPS),
  outcome: z.enum(["passed", "refused", "skipped"]),
  detail: z.string(),
});

const candidateSchema = z.object({
  routeId: z.uuid(),
  method: z.string(),
  path: z.string(),
  apiVersion: z.string().nullable(),
  enabled: z.boolean(),
  /** Whether it is still there to be edited. */
  inDraft: z.boolean(),
  result: z.enum(["won", "lost", "near"]),
  reason: z.string(),
  why: z.string(),
});

/** What one set of routes makes of the request. */
export const explainedSideSchema = z.object({
  /** The draft's version, or the revision's number; 0 when nothing is published. */
  version: z.int(),
  outcome: z.enum(["runs", "preflight", "refused"]),
  /** What the caller gets; null when the target says. */
  status: z.int().nullable(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  details: z.array(z.object({ path: z.string(), message: z.string() })),
  headers: headerPairs,
  steps: z.array(traceStepSchema),
  candidates: z.array(candidateSchema),
  moreCandidates: z.int(),
  route: z
    .object({
      id: z.uuid(),
      method: z.string(),
      path: z.string(),
      apiVersion: z.string().nullable(),
      name: z.string(),
      inDraft: z.boolean(),
    })
    .nullable(),
  /** What would run, of a request that is let through. */
  run: z
    .object({
      type: z.string(),
      target: z.string(),
      method: z.string(),
      pathParameters: z.record(z.string(), z.string()).nullable(),
      /** Of an http target: the address that would be called. */
      upstream: z.string().nullable(),
      timeoutMs: z.int().nullable(),
    })
    .nullable(),
  /** Why these routes could not be published as they are, as far as it touches this request. */
  problems: z.array(z.string()),
});
export type ExplainedSide = z.output<typeof explainedSideSchema>;

export const keyBriefSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  lastFour: z.string(),
  status: z.string(),
});
export type KeyBrief = z.output<typeof keyBriefSchema>;

export const explanationSchema = z.object({
  draft: explainedSideSchema,
  live: explainedSideSchema,
  /** The key that was named; null when none was, or no key of this tenant has that hash. */
  key: keyBriefSchema.nullable(),
});
export type Explanation = z.output<typeof explanationSchema>;

/** The characters that the gateway takes a caller's own X-Request-Id with. */
export const requestIdSchema = z.string().regex(/^[A-Za-z0-9._~-]{1,128}$/);

export const refusalSchema = z.object({
  requestId: z.string(),
  at: z.iso.datetime(),
  gateway: z.object({ id: z.uuid(), name: z.string().nullable() }),
  /** The revision that decided; 0 before anything was published. */
  revision: z.int(),
  status: z.int(),
  code: z.string(),
  message: z.string(),
  method: z.string(),
  /** Parts that may be a secret are hidden, and so are the values of the query's parameters. */
  path: z.string(),
  queryNames: z.array(z.string()),
  sourceIp: z.string(),
  route: z.object({ id: z.uuid(), method: z.string(), path: z.string(), inDraft: z.boolean() }).nullable(),
  key: keyBriefSchema.nullable(),
  steps: z.array(traceStepSchema),
});
export type Refusal = z.output<typeof refusalSchema>;

export const refusalsSchema = z.object({
  /** Every refusal with this request ID in the last 24 hours, newest first: callers may choose their own IDs. */
  refusals: z.array(refusalSchema),
  /** When, in the last 24 hours, refusals of this tenant were too many to be written down, and how many. */
  unrecorded: z.array(z.object({ from: z.iso.datetime(), until: z.iso.datetime(), amount: z.int() })),
});
export type Refusals = z.output<typeof refusalsSchema>;
