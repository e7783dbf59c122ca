import { z } from "zod";

export const INSTANCE_STATUSES = ["up", "silent", "stopped"] as const;

/** One process of the data plane and what it serves of this tenant. Workers serve no revision. */
export const instanceSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(["gateway", "worker"]),
  address: z.string(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  status: z.enum(INSTANCE_STATUSES),
  revision: z.int().nullable(),
  since: z.iso.datetime().nullable(),
  refused: z.int().nullable(),
  error: z.string().nullable(),
  /** Who counts rate limits there: each process, all gateways together, or each for now because Redis is away. */
  limits: z.enum(["own", "shared", "fallback"]),
});
export type Instance = z.output<typeof instanceSchema>;

export const gatewaysSchema = z.object({
  liveRevision: z.int().nullable(),
  publishedAt: z.iso.datetime().nullable(),
  instances: z.array(instanceSchema),
});
export type Gateways = z.output<typeof gatewaysSchema>;

export const functionSchema = z.object({ name: z.string(), registeredAt: z.iso.datetime() });
