import { z } from "zod";
import { parsePattern } from "./path.ts";
import { METHODS } from "./route.ts";

export const MAX_AUTHORIZED_REQUESTS = 500;

/** One kind of request that a key may make: the same path grammar as a route's. */
export const authorizedRequestSchema = z.strictObject({
  method: z.enum(METHODS).default("ANY"),
  path: z.string().superRefine((path, context) => {
    const parsed = parsePattern(path);
    if (!parsed.ok) context.addIssue({ code: "custom", message: parsed.message });
  }),
  /** Each named parameter must be present, once, with exactly this value. */
  queryParameters: z.record(z.string().min(1).max(256), z.string().max(1_024)).default({}),
});

/** `null`: anything that its routes allow. An empty list: nothing. */
export const authorizedRequestsSchema = z
  .array(authorizedRequestSchema)
  .max(MAX_AUTHORIZED_REQUESTS, `holds more than ${MAX_AUTHORIZED_REQUESTS} rows`)
  .nullable();

export type AuthorizedRequest = z.output<typeof authorizedRequestSchema>;
