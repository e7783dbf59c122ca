import type pg from "pg";
import type { StartNew } from "#data-plane/functions-host/index.ts";
import { readStartOptions } from "#lib/contract/job-start.ts";
import { enqueueJob } from "./enqueue.ts";

/**
 * What serves `durable.startNew(name, instanceId, input, options)`: a job for the caller's tenant, which remembers the
 * request that led to it. An `instanceId` works as the idempotency key: for 24 hours the same one, for the same
 * function, is the same job, whatever the options then say. Resolves to the job's id.
 */
export function startNewOn(pool: pg.Pool): StartNew {
  return async ({ function: name, instanceId, input, options, context }) => {
    const { delaySeconds, maxAttempts, timeoutMs } = readStartOptions(options);
    const { jobId } = await enqueueJob(pool, {
      tenantId: context.tenantId,
      function: name,
      input,
      maxAttempts,
      timeoutMs,
      delaySeconds,
      routeId: context.routeId ?? null,
      revision: context.revision ?? null,
      apiKeyId: context.apiKeyId ?? null,
      requestId: context.requestId,
      idempotencyKey: instanceId,
      enqueuedBy: "handler",
    });
    return { instanceId: jobId };
  };
}
