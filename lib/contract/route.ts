import { z } from "zod";
import { METHODS } from "./methods.ts";
import { parsePattern } from "./path.ts";
import { findUnstorable, isStorable, UNSTORABLE } from "./storable.ts";
import { line, paragraph } from "./text.ts";

/**
 * The route document: what a tenant edits, what a revision freezes and what the gateway compiles. Every field has
 * the default that the contract gives; unknown fields are refused, never dropped.
 */

export const MAX_BODY_BYTES = 16 * 1024 * 1024;
const DEFAULT_BODY_BYTES = 2 * 1024 * 1024;

const timeoutMs = z.int().min(1).max(900_000).default(5_000);
const token = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, "is not an HTTP token");
const headerValue = z
  .string()
  .max(4_096)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, "has a character that a header cannot carry");
const functionName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "is not a function name: lower-case letters, digits and -");

const storable = z.string().refine(isStorable, UNSTORABLE);

const httpUrl = storable.max(2_048).refine((text) => {
  const url = URL.parse(text);
  return url !== null && ["http:", "https:"].includes(url.protocol) && !url.username && !url.password;
}, "must be an http:// or https:// URL without credentials");

const maxAttempts = z.int().min(1).max(100).default(5);

export const targetSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("function"),
    function: functionName,
    timeoutMs,
    eventFormat: z.enum(["simple", "aws-v2"]).default("simple"),
  }),
  z.strictObject({ type: z.literal("http"), url: httpUrl, timeoutMs }),
  z.strictObject({
    type: z.literal("lambda"),
    functionName: line(1, 256),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/)
      .nullable()
      .default(null),
    endpoint: httpUrl.nullable().default(null),
    eventFormat: z.enum(["simple", "aws-v2"]).default("simple"),
    timeoutMs,
  }),
  z.strictObject({ type: z.literal("job"), function: functionName, maxAttempts, timeoutMs }),
  z.strictObject({
    type: z.literal("pipeline"),
    functions: z.array(functionName).min(1).max(50),
    maxAttempts,
    timeoutMs,
  }),
  z.strictObject({ type: z.literal("job-status") }),
]);

export const authSchema = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("none") }),
  z.strictObject({
    mode: z.literal("api-key"),
    allowedApiKeyIds: z.array(z.uuid().toLowerCase()).max(10_000).nullable().default(null),
  }),
  z.strictObject({
    mode: z.literal("bearer"),
    requiredScopes: z.array(line(1, 256)).max(50).default([]),
    requiredClaims: z
      .record(storable.min(1).max(256), z.union([storable.max(1_024), z.number(), z.boolean()]))
      .default({}),
  }),
]);

const origin = z
  .string()
  .max(512)
  .refine(
    (text) => text === "*" || URL.parse(text)?.origin === text,
    "must be * or an origin such as https://app.example.com, without a path or a trailing slash",
  );

export const corsSchema = z.strictObject({
  allowOrigins: z.array(origin).max(100).default(["*"]),
  allowMethods: z
    .array(z.enum(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]))
    .max(7)
    .default(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
  allowHeaders: z.array(token).max(100).default(["Content-Type", "Authorization", "X-Api-Key"]),
  exposeHeaders: z.array(token).max(100).default([]),
  allowCredentials: z.boolean().default(false),
  maxAgeSeconds: z.int().min(0).max(86_400).default(600),
});

const rateLimitSchema = z.strictObject({
  requestsPerMinute: z.int().min(1).max(10_000_000),
  per: z.enum(["ip", "key"]).default("ip"),
});

export type JsonSchema = Record<string, z.core.util.JSONType> | boolean;

/**
 * A JSON Schema as written by the tenant, kept exactly; whether it can be used is checked before publishing. What
 * zod copies member by member would lose some, and end with the stack on a deep one.
 */
const jsonSchema = z
  .custom<JsonSchema>(
    (value) =>
      typeof value === "boolean" || (typeof value === "object" && value !== null && !Array.isArray(value)),
    "must be a JSON Schema: an object, true or false",
  )
  .superRefine((value, context) => {
    const part = findUnstorable(value);
    if (part) context.addIssue({ code: "custom", path: part.path, message: part.message });
  })
  .meta({ type: ["object", "boolean"], description: "A JSON Schema 2020-12" });

const headerMap = z.record(token, headerValue);

export const routeFieldsSchema = z.strictObject({
  method: z.enum(METHODS),
  path: z.string().superRefine((path, context) => {
    const parsed = parsePattern(path);
    if (!parsed.ok) context.addIssue({ code: "custom", message: parsed.message });
  }),
  enabled: z.boolean().default(true),
  name: line(0, 120).default(""),
  description: paragraph(2_000).default(""),
  tags: z.array(line(1, 64)).max(20).default([]),
  apiVersion: z.iso.date().nullable().default(null),
  target: targetSchema,
  auth: authSchema.default({ mode: "api-key", allowedApiKeyIds: null }),
  corsEnabled: z.boolean().default(true),
  cors: corsSchema.prefault({}),
  rateLimit: rateLimitSchema.nullable().default({ requestsPerMinute: 600, per: "ip" }),
  maxBodyBytes: z.int().min(0).max(MAX_BODY_BYTES).default(DEFAULT_BODY_BYTES),
  validation: z
    .strictObject({ body: jsonSchema.nullable().default(null), query: jsonSchema.nullable().default(null) })
    .nullable()
    .default(null),
  cache: z
    .strictObject({ ttlSeconds: z.int().min(1).max(86_400) })
    .nullable()
    .default(null),
  transform: z
    .strictObject({
      request: z
        .strictObject({
          setHeaders: headerMap.default({}),
          removeHeaders: z.array(token).max(100).default([]),
          path: storable.max(1_024).startsWith("/").nullable().default(null),
        })
        .prefault({}),
      response: z
        .strictObject({
          setHeaders: headerMap.default({}),
          removeHeaders: z.array(token).max(100).default([]),
        })
        .prefault({}),
    })
    .nullable()
    .default(null),
});

/** A route as a revision holds it: its fields and the id that stays the same from revision to revision. */
export const routeSchema = routeFieldsSchema.extend({ id: z.uuid() });

/** What may be posted: anything with a default can be left out. */
export type RouteFieldsInput = z.input<typeof routeFieldsSchema>;
export type RouteFields = z.output<typeof routeFieldsSchema>;
export type Route = z.output<typeof routeSchema>;
export type Target = z.output<typeof targetSchema>;
export type Auth = z.output<typeof authSchema>;
export type Cors = z.output<typeof corsSchema>;
export type RateLimit = z.output<typeof rateLimitSchema>;
