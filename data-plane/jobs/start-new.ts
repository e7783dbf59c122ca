import type pg from "pg";
import type { StartNew } from "#data-plane/functions-host/index.ts";
import { DEFAULT_JOB_TIMEOUT_MS, DEFAULT_MAX_ATTEMPTS } from "#lib/contract/jobs.ts";
import { enqueueJob } from "./enqueue.ts";

/**
 * What serves `durable.startNew(name, instanceId, input)`: a job for the caller's tenant, which remembers the
 * request that led to it. An `instanceId` works as the idempotency key: for 24 hours the same one, for the same
 * function, is the same job. Resolves to the job's id.
 */
export function startNewOn(pool: pg.Pool): StartNew {
  return async ({ function: name, instanceId, input, context }) => {
    const { jobId } = await enqueueJob(pool, {
      tenantId: context.tenantId,
      function: name,
      input,
      maxAttempts: DEFAULT_MAX_ATTEMPTS,
      timeoutMs: DEFAULT_JOB_TIMEOUT_MS,
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
