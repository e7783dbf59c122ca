import { z } from "zod";
import { line } from "#lib/contract/text.ts";
import {
  DELIVERY_STATES,
  DISABLED_REASONS,
  ENDPOINT_KINDS,
  type EndpointKind,
  WEBHOOK_EVENTS,
} from "#lib/contract/webhooks.ts";
import { DEFAULT_OVERLAP_HOURS, eventsFor, MAX_OVERLAP_HOURS } from "./rules.ts";

const time = z.iso.datetime();

/** An endpoint as anybody in the tenant may see it: without its secret; of a chat, without its address. */
export const endpointSchema = z.object({
  id: z.uuid(),
  kind: z.enum(ENDPOINT_KINDS),
  description: z.string(),
  /** Of a chat its host and its last four characters: the address is what lets anybody write there. */
  url: z.string(),
  events: z.array(z.enum(WEBHOOK_EVENTS)),
  /** Whose jobs it is told of; none: of every function. */
  functions: z.array(z.string()),
  enabled: z.boolean(),
  disabledReason: z.enum(DISABLED_REASONS).nullable(),
  disabledAt: time.nullable(),
  /** Since when every attempt has failed; null when the last one succeeded. */
  failingSince: time.nullable(),
  /** Until when the secret before this one signs too. */
  overlapUntil: time.nullable(),
  /** What keeps anything from being sent, as far as the console can tell. */
  problem: z.string().nullable(),
  /** Deliveries on their way, counted no further than 1,000. */
  waiting: z.int(),
  lastDelivery: z
    .object({
      state: z.enum(DELIVERY_STATES),
      /** Why its last attempt does not count as delivered; null when it does, or none has ended. */
      error: z.string().nullable(),
      at: time,
    })
    .nullable(),
  createdAt: time,
  createdBy: z.string(),
  version: z.int(),
});
export type EndpointView = z.output<typeof endpointSchema>;

/** The one answer that holds the secret; of a chat there is none. */
export const endpointWithSecretSchema = endpointSchema.extend({ secret: z.string().nullable() });
export type EndpointWithSecret = z.output<typeof endpointWithSecretSchema>;

const url = z
  .string()
  .max(2_048, "is longer than 2048 characters")
  .refine((text) => {
    const read = URL.parse(text);
    const plain = read !== null && !read.username && !read.password && !read.hash;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    return plain && ["http:", "https:"].includes(read.protocol) && !/[\s\u0000-\u001f\u007f]/.test(text);
  }, "must be an https:// URL without credentials")
  .refine((text) => text.isWellFormed(), "is not text");
const functionName = z
  .string()
  .max(63, "is longer than 63 characters")
  .regex(/^[a-z0-9][a-z0-9-]*$/, "is not the name of a function");

const fields = {
  description: line(0, 200),
  url,
  events: z.array(z.enum(WEBHOOK_EVENTS)).min(1, "needs at least one").max(10, "has more than 10"),
  functions: z.array(functionName).max(50, "has more than 50"),
};

export const newEndpointSchema = z
  .strictObject({
    ...fields,
    kind: z.enum(ENDPOINT_KINDS).default("signed"),
    description: fields.description.default(""),
    functions: fields.functions.default([]),
  })
  .superRefine(({ kind, events }: { kind: EndpointKind; events: readonly string[] }, context) => {
    const known: readonly string[] = eventsFor(kind);
    if (!events.every((event) => known.includes(event))) {
      context.addIssue({ code: "custom", path: ["events"], message: "a chat can be told of alerts only" });
    }
  });
export type NewEndpoint = z.output<typeof newEndpointSchema>;

/** What may be changed; kind and secret stay (see rotate). */
export const editedEndpointSchema = z.strictObject({
  description: fields.description.optional(),
  url: fields.url.optional(),
  events: fields.events.optional(),
  functions: fields.functions.optional(),
  enabled: z.boolean().optional(),
  version: z.int().optional(),
});
export type EditedEndpoint = z.output<typeof editedEndpointSchema>;

export const rotationSchema = z.strictObject({
  /** For how many hours the old secret signs too; 0 stops it at once. */
  overlapHours: z.int().min(0).max(MAX_OVERLAP_HOURS).default(DEFAULT_OVERLAP_HOURS),
});
export type Rotation = z.output<typeof rotationSchema>;

/** One event for one endpoint, on its way or done. */
export const deliverySchema = z.object({
  id: z.uuid(),
  endpoint: z.object({
    id: z.uuid(),
    kind: z.enum(ENDPOINT_KINDS),
    url: z.string(),
    description: z.string(),
    enabled: z.boolean(),
    deleted: z.boolean(),
  }),
  jobId: z.uuid().nullable(),
  /** The `webhook-id` that the receiver sees, the same in every attempt. */
  eventId: z.string(),
  eventType: z.string(),
  state: z.enum(DELIVERY_STATES),
  attempts: z.int(),
  /** When it is tried next; null while it is being tried, and once it is finished. */
  nextAt: time.nullable(),
  createdAt: time,
  finishedAt: time.nullable(),
  /** Of the last attempt that has ended. */
  last: z.object({ status: z.int().nullable(), error: z.string().nullable() }).nullable(),
});
export type DeliveryView = z.output<typeof deliverySchema>;

export const deliveryAttemptSchema = z.object({
  number: z.int(),
  startedAt: time,
  durationMs: z.int(),
  /** Of the answer; null when there was none. */
  status: z.int().nullable(),
  /** Why it does not count as delivered; null when it does. */
  error: z.string().nullable(),
  /** How the answer began. */
  response: z.string().nullable(),
});
export type DeliveryAttempt = z.output<typeof deliveryAttemptSchema>;

export const deliveryDetailSchema = deliverySchema.extend({
  /** What is sent, byte for byte. */
  body: z.string(),
  attemptLog: z.array(deliveryAttemptSchema),
});
export type DeliveryDetail = z.output<typeof deliveryDetailSchema>;

export const deliveryFilters = { state: z.enum(DELIVERY_STATES).optional() };
