import type pg from "pg";
import { enqueueJob, type NewJob } from "#data-plane/jobs/enqueue.ts";
import { readJobStatus } from "#data-plane/sql/gateway.ts";
import { pathParameters } from "#lib/contract/compiled-route.ts";
import { clientStatus, type JobError, type JobState } from "#lib/contract/jobs.ts";
import type { Target } from "#lib/contract/route.ts";
import type { HeaderPairs } from "#lib/contract/transform.ts";
import { isUuid } from "#lib/contract/uuid.ts";
import { type AllowedExchange, answer, answerError } from "../exchange.ts";
import { HeaderLines } from "../header-lines.ts";
import { outgoingHeaders } from "../policies/outgoing.ts";

const JSON_NOT_STORED: HeaderPairs = [
  ["Content-Type", "application/json"],
  ["Cache-Control", "no-store"],
];
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export type JobTarget = Extract<Target, { type: "job" | "pipeline" }>;

const workOf = (target: JobTarget): Pick<NewJob, "function" | "steps"> =>
  target.type === "job"
    ? { function: target.function }
    : { function: target.functions[0] as string, steps: target.functions };

/** Where the caller can ask after a job, when the tenant has published a route for that. */
function statusLocation(exchange: AllowedExchange, jobId: string): HeaderPairs {
  const route = exchange.tenant.revision?.jobStatus;
  if (!route) return [];
  const path = route.pattern.segments
    .map((segment) => `/${segment.kind === "literal" ? encodeURIComponent(segment.value) : jobId}`)
    .join("");
  return [["Location", `/gw/${exchange.tenant.slug}${path}`]];
}

/** Enqueues a job with the request as its input and answers 202; 503 when the ledger cannot be written. */
export async function answerWithJob(
  exchange: AllowedExchange,
  pool: pg.Pool,
  target: JobTarget,
  event: object,
): Promise<void> {
  const { tenant, route, key, requestId } = exchange;
  const sent = exchange.req.headers["idempotency-key"];
  if (sent !== undefined && (typeof sent !== "string" || !IDEMPOTENCY_KEY.test(sent))) {
    const message = "Idempotency-Key must be 1 to 255 printable characters without spaces, sent once.";
    return answerError(exchange, "bad_request", message);
  }
  try {
    const { jobId, status } = await enqueueJob(pool, {
      tenantId: tenant.id,
      ...workOf(target),
      input: event,
      maxAttempts: target.maxAttempts,
      timeoutMs: target.timeoutMs,
      routeId: route.id,
      revision: tenant.number,
      apiKeyId: key?.id ?? null,
      requestId,
      // Two callers that happen to choose the same key must not see each other's jobs.
      idempotencyKey: sent === undefined ? null : `${key?.id ?? "open"}:${sent}`,
      enqueuedBy: "route",
    });
    const body = JSON.stringify({ data: { jobId, status } });
    const headers = outgoingHeaders(exchange, [...JSON_NOT_STORED, ...statusLocation(exchange, jobId)]);
    answer(exchange, 202, HeaderLines.of(headers), body);
  } catch (error) {
    exchange.targetError = { name: (error as Error).name, message: (error as Error).message.slice(0, 500) };
    answerError(exchange, "unavailable", "The job could not be accepted. Try again.", [["Retry-After", "5"]]);
  }
}

const iso = (date: Date | null) => date?.toISOString() ?? null;

/** Answers how a job of this tenant stands. A job that is not there and one of another tenant look alike. */
export async function answerJobStatus(
  exchange: AllowedExchange,
  pool: pg.Pool,
  segments: readonly string[],
): Promise<void> {
  const jobId = pathParameters(exchange.route, segments)?.jobId?.toLowerCase() ?? "";
  const missing = () => answerError(exchange, "route_not_found", "There is no job with this id.");
  if (!isUuid(jobId)) return missing();
  try {
    const row = await readJobStatus(pool, exchange.tenant.id, jobId);
    if (!row) return missing();
    const data = clientStatus({
      ...row,
      state: row.state as JobState,
      createdAt: row.createdAt.toISOString(),
      startedAt: iso(row.startedAt),
      finishedAt: iso(row.finishedAt),
      error: row.error as JobError | null,
    });
    answer(
      exchange,
      200,
      HeaderLines.of(outgoingHeaders(exchange, JSON_NOT_STORED)),
      JSON.stringify({ data }),
    );
  } catch (error) {
    exchange.targetError = { name: (error as Error).name, message: (error as Error).message.slice(0, 500) };
    answerError(exchange, "unavailable", "The job's status cannot be read. Try again.", [
      ["Retry-After", "5"],
    ]);
  }
}
